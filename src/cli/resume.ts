import { createReadStream } from 'node:fs';
import { type FileHandle, open, realpath, rename, truncate } from 'node:fs/promises';
import { readLines } from './lines.ts';
import type { TaskKey } from './task-key.ts';
import { UsageError } from './usage-error.ts';

/** How every line of an output begins. */
const LINE_START = '{"input":';

/** What an earlier run left in the output. */
export interface Journal {
  /** True as often as the output holds a result under this key: equal inputs have a line each. */
  take(key: TaskKey): boolean;
  /** Results of this function; failures of it, which are taken out of the file and run again; lines of other functions. */
  readonly counts: Readonly<JournalCounts>;
}

interface JournalCounts {
  results: number;
  failures: number;
  others: number;
}

export const emptyJournal: Journal = { take: () => false, counts: { results: 0, failures: 0, others: 0 } };

/**
 * Reads the output and makes it ready to be appended to: a last line that a kill tore is cut off, failures that will run again are removed.
 * The file is changed only once all of it has been recognised as output of ours.
 */
export async function openJournal(path: string, makeKey: (input: unknown) => TaskKey): Promise<Journal> {
  const wholeLines = await measureWholeLines(path);
  if (wholeLines === null) return emptyJournal;

  const counts: JournalCounts = { results: 0, failures: 0, others: 0 };
  const finished = new Map<TaskKey, number>();
  const isKept = (line: OutputLine): boolean => 'result' in line || makeKey(line.input) !== line.key;
  for await (const { line } of readOutput(path, wholeLines)) {
    const isOwn = makeKey(line.input) === line.key;
    counts[isOwn ? ('result' in line ? 'results' : 'failures') : 'others'] += 1;
    if (isOwn && 'result' in line) finished.set(line.key, (finished.get(line.key) ?? 0) + 1);
  }
  if (counts.failures > 0) await rewrite(path, wholeLines, isKept);
  else await truncate(path, wholeLines);

  return {
    counts,
    take(key) {
      const left = finished.get(key) ?? 0;
      if (left > 0) finished.set(key, left - 1);
      return left > 0;
    },
  };
}

interface OutputLine {
  readonly input: unknown;
  readonly key: TaskKey;
  readonly result?: unknown;
}

/** The size up to and including the last line's end; null if there is no such file. */
async function measureWholeLines(path: string): Promise<number | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UsageError(
      `Cannot resume from "${path}": ${(error as Error).message}; give an --output that can be read`,
      {
        cause: error,
      },
    );
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw new UsageError(`Cannot resume from "${path}": it is no regular file; give an --output that is one`);
    }
    const end = await findLastLineEnd(file, stats.size);
    const torn = await file.read(Buffer.alloc(LINE_START.length), 0, LINE_START.length, end);
    if (LINE_START.startsWith(torn.buffer.toString('utf8', 0, torn.bytesRead))) return end;
    throw notOurs(path, 'the last line');
  } finally {
    await file.close();
  }
}

async function findLastLineEnd(file: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length);
    await file.read(block, 0, end - start, start);
    const found = block.subarray(0, end - start).lastIndexOf(10);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return 0;
}

async function* readOutput(
  path: string,
  size: number,
): AsyncGenerator<{ text: string; line: OutputLine }, void, undefined> {
  if (size === 0) return;
  let number = 0;
  for await (const text of readLines(createReadStream(path, { end: size - 1 }))) {
    number += 1;
    const line = tryParse(text);
    if (line === null) throw notOurs(path, `line ${number}`);
    yield { text, line };
  }
}

function tryParse(text: string): OutputLine | null {
  if (!text.startsWith(LINE_START)) return null;
  try {
    const line = JSON.parse(text) as OutputLine;
    return typeof line.key === 'string' ? line : null;
  } catch {
    return null;
  }
}

/** Beside the file, then renamed over it: at any moment there is one whole file under its name. */
async function rewrite(path: string, size: number, isKept: (line: OutputLine) => boolean): Promise<void> {
  const target = await realpath(path);
  const temporary = `${target}.resuming`;
  const file = await open(temporary, 'w');
  try {
    for await (const { text, line } of readOutput(target, size)) {
      if (isKept(line)) await file.write(`${text}\n`);
    }
  } finally {
    await file.close();
  }
  await rename(temporary, target);
}

function notOurs(path: string, where: string): UsageError {
  return new UsageError(
    `Cannot resume from "${path}": ${where} is none that "brood map --output" writes; give another --output or repair that line`,
  );
}
