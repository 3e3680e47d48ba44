import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const installed = fileURLToPath(new URL('../../../../../hosts/node_modules/', import.meta.url));

/** The reason to skip a test that needs what `hosts/` has, if it is not installed. */
export const isMissing: string | false =
  !existsSync(join(installed, '.installed-lock.json')) && 'hosts/ is not installed: npm run hosts';

/** The path of a file of an installed tool. */
export function tool(path: string): string {
  return join(installed, path);
}

/** A program to be tried in a host, as text. */
export function source(name: string): string {
  return readFileSync(new URL(`../fixtures/raw/hosts/${name}`, import.meta.url), 'utf8');
}
