import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';

let modules: readonly string[] = [];

/**
 * Modules that a spare imports while it waits, so that what it is handed finds them loaded: URLs, absolute paths, or names of
 * packages as seen from the working directory. Replaces those set before; spares that are booted already are not used any more.
 * One that cannot be imported is a warning (code BROOD_PRELOAD_FAILED) on the spare's stderr, and the spare is used all the same.
 * Throws a TypeError for what is neither string nor URL, and as `require.resolve` does for a name that is not found.
 */
export function setSparePreload(specifiers: Array<string | URL>): void {
  if (!Array.isArray(specifiers)) {
    throw new TypeError(`Cannot preload a value of type ${typeof specifiers}: pass a list of modules`);
  }
  modules = specifiers.map(resolve);
}

/** As URLs. */
export function sparePreload(): readonly string[] {
  return modules;
}

function resolve(specifier: string | URL): string {
  if (specifier instanceof URL) return specifier.href;
  if (typeof specifier !== 'string') {
    throw new TypeError(`Cannot preload a value of type ${typeof specifier}: pass a URL, a path, or a package's name`);
  }
  if (URL.canParse(specifier)) return specifier;
  if (isAbsolute(specifier)) return pathToFileURL(specifier).href;
  const path = createRequire(join(process.cwd(), 'any.js')).resolve(specifier);
  return isAbsolute(path) ? pathToFileURL(path).href : `node:${path}`;
}
