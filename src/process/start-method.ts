import { StateError } from '../errors/state-error.ts';

/**
 * How children are launched: 'spawn' boots a fresh Node for each; 'spare' hands the work to one that was booted ahead, if one
 * of the same environment, directory, options and output is there, and then boots the next.
 */
export type StartMethod = 'spawn' | 'spare';

const METHODS: readonly StartMethod[] = ['spawn', 'spare'];
let inherited: StartMethod = 'spawn';
let chosen: StartMethod | undefined;

/** Those that work here, the default first. */
export function getAllStartMethods(): StartMethod[] {
  return [...METHODS];
}

export function getStartMethod(): StartMethod {
  return chosen ?? inherited;
}

/** Once, while a child boots: its parent's. It may still choose another. */
export function inheritStartMethod(method: StartMethod): void {
  inherited = method;
}

/** Once per program, unless `force`: a StateError after that. RangeError for a method that does not exist here. */
export function setStartMethod(method: StartMethod, { force = false }: { force?: boolean } = {}): void {
  if (!METHODS.includes(method)) {
    throw new RangeError(
      `Cannot set the start method to "${String(method)}": it is none of ${METHODS.join(', ')}; choose one`,
    );
  }
  if (chosen !== undefined && !force) {
    throw new StateError(
      `Cannot set the start method: it is "${chosen}" already; set it once, or pass { force: true }`,
    );
  }
  chosen = method;
}
