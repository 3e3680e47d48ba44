import { AsyncLocalStorage } from 'node:async_hooks';
import { StateError } from '../errors/state-error.ts';

/** Set in everything that the import of a user's module sets off, also after an `await` at its top level. */
const importing = new AsyncLocalStorage<string>();

/** Imports on behalf of the parent: what the module starts at its top level is refused by `refuseWhileImporting`. */
export function importGuarded<T>(module: string, load: () => Promise<T>): Promise<T> {
  return importing.run(module, load);
}

/**
 * Throws a StateError if a module that is imported by a child tries to start processes at its top level: each of them would
 * import it again, and so on without end.
 */
export function refuseWhileImporting(what: string): void {
  const module = importing.getStore();
  if (module === undefined) return;
  throw new StateError(
    `Cannot start ${what}: "${module}" is being imported by a child process, and starting processes while it loads would never end; ` +
      `put what only the program itself is to do under: if (isMain(import.meta)) { … }`,
  );
}
