// Loads the joined file, for ES modules and CommonJS alike. Built as a CommonJS file of its own; see docs/decisions.
import { fstatSync, readFileSync, readSync, statSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { codeCacheDescriptor } from './code-cache-argument.ts';

type Library = Readonly<Record<string, unknown>>;
type Run = (url: string, importModule: (specifier: string) => Promise<object>) => Library;

/** In front of a code cache stands which file it was made of, padded with spaces: V8 itself compares no more than lengths. */
const STAMP_LENGTH = 64;

const folder = dirname(__dirname);
const path = join(folder, 'chunks', 'library.cjs');
const { source, stamp } = readLibrary();
const script = compile();

export const library: Library = run();

/** What this process has compiled of the library so far, for processes that are to load the same file. */
export function createCodeCache(): Buffer {
  return Buffer.concat([Buffer.from(stamp), script.createCachedData()]);
}

/** By its path: within the archives of Yarn's Plug'n'Play there are no descriptors to read from. */
function readLibrary(): { source: string; stamp: string } {
  for (;;) {
    const stamp = stampNow();
    // The build writes ASCII, for which this is the quickest.
    const source = readFileSync(path, 'latin1');
    if (stampNow() === stamp) return { source, stamp };
  }
}

function stampNow(): string {
  const { ino, mtimeMs, size } = statSync(path);
  return `brood ${ino} ${mtimeMs} ${size}`.padEnd(STAMP_LENGTH).slice(0, STAMP_LENGTH);
}

function compile(): Script {
  const cachedData = inheritedCodeCache();
  // Where V8 rejects the cache, for flags that differ, it compiles the source.
  return new Script(source, { filename: pathToFileURL(path).href, ...(cachedData && { cachedData }) });
}

/** Undefined in programs that users start, and where the file is another than the parent's. */
function inheritedCodeCache(): Buffer | undefined {
  if (!process.argv[1]?.startsWith(folder)) return undefined;
  const descriptor = codeCacheDescriptor(process.argv);
  if (descriptor === undefined) return undefined;
  try {
    if (readAt(descriptor, 0, STAMP_LENGTH).toString('latin1') !== stamp) return undefined;
    return readAt(descriptor, STAMP_LENGTH, fstatSync(descriptor).size - STAMP_LENGTH);
  } catch {
    return undefined; // Somebody has closed it.
  }
}

/** The descriptor's own offset belongs to all who have inherited it. */
function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let filled = 0; filled < length; ) {
    const count = readSync(descriptor, bytes, filled, length - filled, position + filled);
    if (count === 0) throw new RangeError('the file ends early');
    filled += count;
  }
  return bytes;
}

function run(): Library {
  const exports = (script.runInThisContext() as Run)(pathToFileURL(path).href, (specifier) => import(specifier));
  // Where the functions of a CommonJS module are looked for.
  const module = new Module(path);
  module.filename = path;
  module.loaded = true;
  module.exports = exports;
  createRequire(path).cache[path] = module;
  return exports;
}
