import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, unlinkSync } from 'node:fs';
import { SystemError } from '../errors/system-error.ts';
import type { Native } from '../os/native/contract.ts';
import { guardName, releaseName } from '../process/janitor.ts';

/** Where POSIX shared memory has its names. */
const FOLDER = '/dev/shm';
const OWNER_ONLY = 0o600;
const LONGEST_NAME = 255;

export function createName(): string {
  return `brood_${randomBytes(6).toString('hex')}`;
}

/** RangeError if the name cannot be one. */
export function pathOf(name: string): string {
  const bare = name.startsWith('/') ? name.slice(1) : name;
  if (!isFileName(bare)) {
    throw new RangeError(
      `Cannot use the name "${name}" for shared memory; give at most 255 bytes without slashes and control characters`,
    );
  }
  return `${FOLDER}/${bare}`;
}

/** Control characters would break the lines that the keeper reads. */
function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || Buffer.byteLength(name) > LONGEST_NAME) return false;
  return [...name].every((character) => character !== '/' && character >= ' ');
}

/**
 * A new file of that size under that name, all pages reserved; its descriptor. It is made complete under a name that
 * nobody knows, then linked: nobody ever sees half of it, an existing name is never touched, and the janitor knows what
 * to remove at every step.
 */
export function createNamed(native: Native, path: string, byteLength: number, isTracked: boolean): number {
  const draft = `${FOLDER}/.${createName()}`;
  guardName(draft, isTracked ? path : draft);
  let descriptor: number | undefined;
  try {
    descriptor = explain('open', path, () => openSync(draft, 'wx+', OWNER_ONLY));
    native.memory.reserve(descriptor, byteLength);
    explain('link', path, () => linkSync(draft, path));
    if (isTracked) guardName(path);
    return descriptor;
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw error;
  } finally {
    if (descriptor !== undefined) unlinkSync(draft);
    releaseName(draft);
  }
}

export function openNamed(path: string): number {
  return explain('open', path, () => openSync(path, 'r+'));
}

export function removeNamed(path: string): void {
  explain('unlink', path, () => unlinkSync(path));
  releaseName(path);
}

/** Node's errors as ours, with the same code: `ENOENT`, `EEXIST`, … */
function explain<T>(syscall: string, path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    const remedy = { ENOENT: 'create it first', EEXIST: 'attach to it, or take another name' }[code] ?? 'see the cause';
    throw new SystemError(
      code,
      `Cannot ${syscall} the shared memory "${path.slice(FOLDER.length + 1)}": ${code}; ${remedy}`,
      { syscall },
      { cause: error },
    );
  }
}
