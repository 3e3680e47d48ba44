import { createRequire } from 'node:module';
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
  return path === entry || path === tryResolve(entry);
}

/** As Node finds the file to run: it follows links, and adds an extension or index.js where one was left out. */
function tryResolve(entry: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(entry);
  } catch {
    return undefined; // `node -e` and a program from stdin have no file.
  }
}
