import { AsyncLocalStorage } from 'node:async_hooks';
import { StateError } from '../errors/state-error.ts';

interface Import {
  readonly module: string;
  /** What it was told when it tried to start something. */
  refusal?: StateError;
}

/** Set in everything that the import of a user's module sets off, also after an `await` at its top level. */
const importing = new AsyncLocalStorage<Import>();

/**
 * Imports on behalf of the parent: what the module starts at its top level is refused by `refuseWhileImporting`. Rejects
 * with the refusal, also where the module did not wait for its own `main()` and so never saw it.
 */
export async function importGuarded<T>(module: string, load: () => Promise<T>): Promise<T> {
  const current: Import = { module };
  const loaded = await importing.run(current, load);
  if (current.refusal) throw current.refusal;
  return loaded;
}

/**
 * Throws a StateError if a module that is imported by a child tries to start processes at its top level: each of them would
 * import it again, and so on without end.
 */
export function refuseWhileImporting(what: string): void {
  const current = importing.getStore();
  if (current === undefined) return;
  current.refusal = new StateError(
    `Cannot start ${what}: "${current.module}" is being imported by a child process, and starting processes while it loads would never end; ` +
      `put what only the program itself is to do under: if (isMain(import.meta)) { … }`,
  );
  throw current.refusal;
}
