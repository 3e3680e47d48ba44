import type { Job } from './outcome.ts';
import type { Journal } from './resume.ts';
import type { Tally } from './tally.ts';
import type { TaskKey } from './task-key.ts';

/** The inputs that need to be run, in chunks of `size`, as they are asked for; those in the journal only count as skipped. */
export async function* readChunks(
  values: AsyncIterable<unknown>,
  size: number,
  makeKey: (input: unknown) => TaskKey,
  journal: Journal,
  tally: Tally,
): AsyncGenerator<readonly Job[], void, undefined> {
  let index = 0;
  let chunk: Job[] = [];
  for await (const input of values) {
    const key = makeKey(input);
    if (journal.take(key)) {
      tally.skipped += 1;
      continue;
    }
    chunk.push({ index, input, key });
    index += 1;
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
