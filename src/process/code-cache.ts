import { fstatSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { missingNativeReason, requireNative } from '../os/native/native.ts';
import { codeCacheDescriptor } from '../util/code-cache-argument.ts';
import type * as Loader from '../util/load-library.ts';
import { ownFile } from '../util/own-files.ts';

let current: number | undefined;

/** Once, while a child boots: where its parent's code cache is, if there is one. */
export function inheritCodeCache(argv: readonly string[]): void {
  current = codeCacheDescriptor(argv);
}

/**
 * The descriptor of what V8 has compiled of the library, for a child to inherit; undefined where there is no memory without a
 * name. Made when the first child is about to start, which costs a third of what it saves that child; nobody can write to it.
 */
export function codeCacheForChildren(): number | undefined {
  if (missingNativeReason() !== undefined) return undefined;
  if (current === undefined || !isOpen(current)) current = tryCreate();
  return current;
}

/** Undefined where the system refuses: a child starts without, too. */
function tryCreate(): number | undefined {
  try {
    return requireNative('a code cache').memory.createSealed('brood-code', loader().createCodeCache());
  } catch (error) {
    // Of a call of ours, or of Node's: no descriptor is left, no page, or files may not be so large.
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}

/** The program that runs in this process may have closed what it did not know. */
function isOpen(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/** Loaded before the library, by whoever imported that. */
function loader(): typeof Loader {
  const file = ownFile('util/load-library.cjs');
  return createRequire(file)(fileURLToPath(file)) as typeof Loader;
}
