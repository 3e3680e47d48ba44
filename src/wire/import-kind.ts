import type { ImportSource } from '../functions/closure-data.ts';
import { importOrigin, loadImport } from '../functions/load-imports.ts';
import type { Kind } from './kind.ts';

/** What a closure that came from another process has imported, in a closure made by it: it is imported again. */
export const importKind: Kind<object, { readonly url: string; readonly source: ImportSource }> = {
  tag: 'import',
  matches: (value) => importOrigin(value) !== undefined,
  // What matches has one.
  encode: (value) => ({ ...(importOrigin(value) as { url: string; source: ImportSource }) }),
  create: ({ url, source }) => loadImport(source, url) as object | Promise<object>,
};
