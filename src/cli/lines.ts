import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a UTF-8 stream, one chunk of it in memory at a time. `\n` and `\r\n` end a line, a byte order mark is
 * dropped, and a last line needs no end. (readline's iterator reads ahead of its consumer without a bound.)
 */
export async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isFirst = true;
  for await (const chunk of stream) {
    const [first, ...others] = decoder.write(chunk).split('\n');
    rest += first;
    for (const line of others) {
      yield finishLine(rest, isFirst);
      isFirst = false;
      rest = line;
    }
  }
  rest += decoder.end();
  if (rest !== '') yield finishLine(rest, isFirst);
}

function finishLine(line: string, isFirst: boolean): string {
  return line.slice(isFirst && line.startsWith('\uFEFF') ? 1 : 0, line.endsWith('\r') ? -1 : undefined);
}
