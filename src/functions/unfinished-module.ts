import { pathToFileURL } from 'node:url';
import { SerializationError } from '../errors/serialization-error.ts';
import { OWN_ROOT } from '../util/own-files.ts';
import { knownExport, rememberModule } from './find-function.ts';
import type { FunctionRef } from './function-ref.ts';

/** When the import of a module that is there already is taken to be stuck, in milliseconds; it would settle at once. */
const PATIENCE = [100, 1000];
/** A module is not looked into again before this time has passed, in milliseconds. */
const LOOK_INTERVAL = 500;
/** When it is given up. */
const LIMIT = 10_000;

/** In a process whose program is one of this library's, no user module can be waiting for its own import. */
const isUserProgram = !pathToFileURL(process.argv[1] ?? '').href.startsWith(OWN_ROOT);

interface Loaded {
  readonly member: unknown;
  readonly namespace: object;
}

/**
 * As `importing`, but does not wait for ever: `import()` of a module in a top-level `await pool.map(…)` settles after that
 * `await`, which waits for the very value that is being decoded here. Then the export is taken from the module's scope.
 */
export function withoutDeadlock(importing: Promise<Loaded>, ref: FunctionRef): Promise<Loaded> {
  if (!isUserProgram) return importing;
  return new Promise((resolve, reject) => {
    const timers = PATIENCE.map((delay) =>
      setTimeout(() => {
        look(ref.module);
        const member = knownExport(ref);
        if (member !== undefined) settle(() => resolve({ member, namespace: {} }));
      }, delay),
    );
    timers.push(setTimeout(() => settle(() => reject(stuck(ref))), LIMIT));
    const settle = (act: () => void): void => {
      for (const timer of timers) clearTimeout(timer);
      act();
    };
    importing.then(
      (loaded) => settle(() => resolve(loaded)),
      (error) => settle(() => reject(error)),
    );
  });
}

/** When each module was last looked into. A search of the heap holds up the event loop; many values may wait for one module. */
const looks = new Map<string, number>();

function look(module: string): void {
  if (performance.now() - (looks.get(module) ?? Number.NEGATIVE_INFINITY) < LOOK_INTERVAL) return;
  rememberModule(module);
  looks.set(module, performance.now());
}

function stuck(ref: FunctionRef): SerializationError {
  return new SerializationError(
    `Cannot load export "${ref.export}" of "${ref.module}": the module has not been evaluated after ${LIMIT} ms, perhaps because it awaits this very value at its top level; move the export to a module of its own`,
    ref.export,
  );
}
