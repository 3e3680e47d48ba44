import { open, realpath } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { UsageError } from './usage-error.ts';

/**
 * Where the lines go: stdout for null, else the file, from its end if `isAppending`, else from scratch. None of `inputs` may be
 * that file: it would be empty before it was read.
 */
export async function openOutput(
  path: string | null,
  isAppending: boolean,
  inputs: readonly string[],
): Promise<Writable> {
  if (path === null) return process.stdout;
  try {
    const files = await Promise.all([path, ...inputs].map((file) => realpath(file).catch(() => null)));
    if (files.some((file, i) => i > 0 && file !== null && file === files[0])) throw new Error('it is an input');
    const file = await open(path, isAppending ? 'a' : 'w');
    return file.createWriteStream();
  } catch (error) {
    throw new UsageError(
      `Cannot write to "${path}": ${(error as Error).message}; give an --output that can be written`,
      {
        cause: error,
      },
    );
  }
}
