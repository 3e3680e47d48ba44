import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SpawnError } from '../errors/worker-error.ts';

const found = new Set<string>();

/** Throws a SpawnError if the program of a child is not where the package has it: a bundler has taken only the code that is imported. */
export function checkOwnProgram(name: string, { href }: URL): void {
  if (found.has(href)) return;
  const path = fileURLToPath(href);
  if (!existsSync(path)) {
    throw new SpawnError(
      `Cannot start ${name}: the package lacks its file "${path}", as it does within a bundle; leave brood out of the bundle (esbuild: --external:brood)`,
    );
  }
  found.add(href);
}
