import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FunctionRef } from '../functions/function-ref.ts';
import { UsageError } from './usage-error.ts';

/** The function to run, as found on disk; whether the module has it, only importing it can tell. */
export interface TaskModule {
  /** As it was typed, without the export. */
  readonly name: string;
  readonly path: string;
  readonly ref: FunctionRef;
  readonly source: Uint8Array;
}

const EXTENSIONS = ['.mjs', '.js', '.cjs', '.ts', '.mts', '.cts'];

/** Reads `<path or file: URL>[#export]`; without an export it is the default one. */
export async function readTaskModule(text: string): Promise<TaskModule> {
  const { location, exportName } = splitExport(text);
  const path = location.startsWith('file:') ? fileURLToPath(location) : resolve(location);
  try {
    const source = await readFile(path);
    return { name: location, path, source, ref: { module: pathToFileURL(path).href, export: exportName } };
  } catch (error) {
    throw new UsageError(`Cannot load "${location}": ${explain(error, path)}`, { cause: error });
  }
}

/** A `#` in a folder's name is no separator: what follows the separator holds no slash. */
function splitExport(text: string): { location: string; exportName: string } {
  const [, location, exportName] = /^(.+)#([^/\\]*)$/s.exec(text) ?? [];
  if (location === undefined) return { location: text, exportName: 'default' };
  if (exportName) return { location, exportName };
  throw new UsageError(`Cannot load "${text}": the name after # is missing; write ${location}#name, or leave # out`);
}

function explain(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EISDIR') return 'it is a folder; give the path of a module in it';
  if (code !== 'ENOENT') return `${message}; give a module that can be read`;
  const extension = extname(path) === '' && EXTENSIONS.find((candidate) => existsSync(path + candidate));
  return extension
    ? `no such file; did you mean "${path}${extension}"`
    : 'no such file; give the path of a module, as in ./tasks.mjs#resize';
}
