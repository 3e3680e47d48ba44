import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from './usage-error.ts';

/** What makes TypeScript run here: Node itself, tsx, or nothing. */
export type TypeScriptSupport =
  | { readonly kind: 'native' }
  | { readonly kind: 'tsx'; readonly loader: string }
  | { readonly kind: 'none' };

const STRIPPABLE = new Set(['.ts', '.mts', '.cts']);
/** These hold JSX, which Node never removes. */
const NEEDS_TSX = new Set(['.tsx', '.jsx']);

/** Looks for tsx from each of `folders` upwards where Node does not do it alone. */
export function findTypeScriptSupport(folders: readonly string[]): TypeScriptSupport {
  return stripsTypes() ? { kind: 'native' } : findTsx(folders);
}

/** The Node arguments a worker needs to import this module: none for JavaScript. UsageError if nothing here can run it. */
export function findLoaderArguments(modulePath: string): string[] {
  const extension = extname(modulePath);
  const folders = [dirname(modulePath), process.cwd()];
  if (!STRIPPABLE.has(extension) && !NEEDS_TSX.has(extension)) return [];
  const support = NEEDS_TSX.has(extension) ? findTsx(folders) : findTypeScriptSupport(folders);
  if (support.kind === 'native') return [];
  if (support.kind === 'tsx') return ['--import', support.loader];
  throw new UsageError(
    NEEDS_TSX.has(extension)
      ? `Cannot load "${modulePath}": Node runs no JSX, and tsx is not installed; run "npm install --save-dev tsx"`
      : `Cannot load "${modulePath}": Node ${process.version} runs no TypeScript by itself, and tsx is not installed; run "npm install --save-dev tsx", or use Node 22.18 or later`,
  );
}

function findTsx(folders: readonly string[]): TypeScriptSupport {
  for (const folder of folders) {
    try {
      const path = createRequire(join(folder, 'from-here.js')).resolve('tsx');
      return { kind: 'tsx', loader: pathToFileURL(path).href };
    } catch {
      // Not installed there.
    }
  }
  return { kind: 'none' };
}

/** `process.features.typescript` is newer than the oldest Node we support. */
function stripsTypes(): boolean {
  const { typescript } = process.features as { typescript?: string | false };
  return Boolean(typescript);
}
