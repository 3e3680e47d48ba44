import type { Job } from './outcome.ts';
import type { Journal } from './resume.ts';
import type { Tally } from './tally.ts';
import type { TaskKey } from './task-key.ts';

export interface ChunkOptions {
  readonly values: AsyncIterable<unknown>;
  /** The most that the next chunk may hold. */
  readonly size: () => number;
  readonly makeKey: (input: unknown) => TaskKey;
  readonly journal: Journal;
  readonly tally: Tally;
}

/**
 * The inputs that need to be run, as they are asked for; those in the journal only count as skipped. A chunk never waits for inputs
 * that are not there yet: it goes out with what it has.
 */
export async function* readChunks(options: ChunkOptions): AsyncGenerator<readonly Job[], void, undefined> {
  const { values, size, makeKey, journal, tally } = options;
  const iterator = values[Symbol.asyncIterator]();
  let index = 0;
  let chunk: Job[] = [];
  let coming = read(iterator);
  for (;;) {
    const next = chunk.length === 0 ? await coming : await withinTurn(coming);
    if (next.is === 'value') {
      coming = read(iterator);
      const { input } = next;
      const key = makeKey(input);
      if (journal.take(key)) {
        tally.skipped += 1;
      } else {
        chunk.push({ index, input, key });
        index += 1;
      }
    }
    if (chunk.length > 0 && (next.is !== 'value' || chunk.length >= size())) {
      yield chunk;
      chunk = [];
    }
    if (next.is === 'end') return;
    if (next.is === 'error') throw next.error;
  }
}

type Reading =
  | { readonly is: 'value'; readonly input: unknown }
  | { readonly is: 'end' }
  | { readonly is: 'error'; readonly error: unknown }
  | { readonly is: 'late' };

const LATE: Reading = { is: 'late' };

/** Never rejects: an error waits until what came before it has gone out. */
async function read(iterator: AsyncIterator<unknown>): Promise<Reading> {
  try {
    const { done, value } = await iterator.next();
    return done ? { is: 'end' } : { is: 'value', input: value };
  } catch (error) {
    return { is: 'error', error };
  }
}

function withinTurn(coming: Promise<Reading>): Promise<Reading> {
  return Promise.race([coming, new Promise<Reading>((resolve) => setImmediate(resolve, LATE))]);
}
