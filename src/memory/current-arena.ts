import { requireNative } from '../os/native/native.ts';
import { type Arena, attachArena, openArena } from './arena.ts';

let inherited: number | undefined;
let current: Arena | undefined;

/**
 * Says, at the start of a child or a worker thread, at which descriptor the arena of the process tree was inherited.
 * Costs nothing: it is attached when first needed.
 */
export function inheritArena(descriptor: number): void {
  inherited = descriptor;
}

/**
 * The arena of this process tree: the inherited one, or one created now. Throws `ERR_NO_NATIVE` where there can be none;
 * `what` is the thing that needs it.
 */
export function currentArena(what: string): Arena {
  if (current === undefined) {
    const native = requireNative(what);
    current = inherited === undefined ? openArena(native) : attachArena(native, inherited);
    // Nothing is given back at exit: handlers of the user's may still write to it. The death itself gives it back.
  }
  return current;
}

/** The arena if this process has one already: what a parent passes on to its children, if there is anything to pass on. */
export function arenaIfOpen(): Arena | undefined {
  return current;
}
