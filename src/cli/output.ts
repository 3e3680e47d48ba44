import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { UsageError } from './usage-error.ts';

/** Where the lines go: stdout for null, else the file, from its end if `isAppending`, else from scratch. */
export async function openOutput(path: string | null, isAppending: boolean): Promise<Writable> {
  if (path === null) return process.stdout;
  try {
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
