import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { currentIdentity } from './identity.ts';

/**
 * True in the program's entry module, and false when a child process imports that same module: what is under
 * `if (isMain(import.meta))` runs once. Uses `import.meta.main` where it exists (Node 24.2).
 */
export function isMain(meta: ImportMeta): boolean {
  if (currentIdentity().parent !== null) return false;
  const { main } = meta as { main?: unknown };
  if (typeof main === 'boolean') return main;
  const entry = process.argv[1];
  if (entry === undefined || !meta.url.startsWith('file:')) return false;
  const path = fileURLToPath(meta.url);
  return path === entry || path === tryRealPath(entry);
}

/** Node resolves links before it loads the entry module, and adds an extension or index.js where one was left out. */
function tryRealPath(path: string): string | undefined {
  for (const candidate of [path, `${path}.js`, `${path}/index.js`]) {
    try {
      const real = realpathSync(candidate);
      if (real !== path || candidate === path) return real;
    } catch {
      // Not there under this name.
    }
  }
  return undefined;
}
