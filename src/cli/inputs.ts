import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { findFiles } from './find-files.ts';
import { readLines } from './lines.ts';
import { UsageError } from './usage-error.ts';

export type InputRequest =
  | { readonly kind: 'arguments'; readonly values: readonly string[] }
  | { readonly kind: 'files'; readonly patterns: readonly string[]; readonly values: readonly string[] }
  /** From each of `paths` in turn; `-` is stdin. */
  | { readonly kind: 'lines' | 'ndjson'; readonly paths: readonly string[] };

export interface Inputs {
  /** How many there are; null when only reading them to the end can tell. */
  readonly total: number | null;
  /** Read as they are asked for, never ahead by more than a block of text. */
  readonly values: AsyncIterable<unknown>;
}

/** Aborting `signal` ends a read that waits for input: `values` then throws the signal's reason or an AbortError. */
export async function openInputs(request: InputRequest, signal: AbortSignal): Promise<Inputs> {
  if ('paths' in request) {
    for (const path of request.paths) await checkReadable(path);
    const sources = request.paths.map((path) => describeSource(path, signal));
    return { total: null, values: request.kind === 'lines' ? linesOf(sources) : jsonLinesOf(sources) };
  }
  const found = request.kind === 'files' ? await findFiles(request.patterns) : [];
  const values = [...found, ...request.values];
  return { total: values.length, values: iterate(values) };
}

interface TextSource {
  readonly name: string;
  /** Opened when its turn comes, so that nothing waits open and unwatched. */
  readonly open: () => Readable;
}

function describeSource(path: string, signal: AbortSignal): TextSource {
  return path === '-'
    ? { name: 'standard input', open: () => addAbortSignal(signal, process.stdin) }
    : { name: `"${path}"`, open: () => createReadStream(path, { signal }) };
}

/** A path that is wrong is told before anything runs. A named pipe is not opened: that would wait for its writer. */
async function checkReadable(path: string): Promise<void> {
  if (path === '-') return;
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isDirectory()) throw new Error('it is a directory');
  } catch (error) {
    throw new UsageError(
      `Cannot read inputs from "${path}": ${(error as Error).message}; give a file that can be read, or - for standard input`,
      { cause: error },
    );
  }
}

async function* iterate(values: readonly unknown[]): AsyncGenerator<unknown, void, undefined> {
  yield* values;
}

async function* linesOf(sources: readonly TextSource[]): AsyncGenerator<string, void, undefined> {
  for (const source of sources) yield* readLines(source.open());
}

async function* jsonLinesOf(sources: readonly TextSource[]): AsyncGenerator<unknown, void, undefined> {
  for (const { name, open } of sources) {
    let number = 0;
    for await (const line of readLines(open())) {
      number += 1;
      if (line.trim() !== '') yield parseJsonLine(line, name, number);
    }
  }
}

function parseJsonLine(line: string, name: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new UsageError(
      `Cannot read line ${number} of ${name}: it is no JSON value (${(error as Error).message}); write one JSON value a line`,
      { cause: error },
    );
  }
}
