import { missingNativeReason, requireNative } from '../os/native/native.ts';
import { type Arena, attachArena, openArena } from './arena.ts';
import { type InheritedArena, inheritedArena } from './inherited-arena.ts';

let current: Arena | undefined;

/**
 * The arena of this process tree: the inherited one, or one created now. Throws `ERR_NO_NATIVE` where there can be none;
 * `what` is the thing that needs it.
 */
export function currentArena(what: string): Arena {
  if (current === undefined) {
    const native = requireNative(what);
    const inherited = inheritedArena();
    current =
      inherited === undefined ? openArena(native) : attachArena(native, inherited.descriptor, inherited.mapping);
    // Nothing is given back at exit: handlers of the user's may still write to it. The death itself gives it back.
  }
  return current;
}

/** Gives back what processes that have ended held, if this process knows the arena. */
export function reapArena(): void {
  current?.reap();
}

/**
 * The descriptor of the tree's arena, for a child to inherit: created now if need be, since what the child gets later may
 * lie in it. Undefined where there is no shared memory.
 */
export function arenaForChildren(): number | undefined {
  const inherited = inheritedArena();
  if (inherited !== undefined || missingNativeReason() !== undefined) return inherited?.descriptor;
  return currentArena('shared memory').descriptor;
}

/** The same for a thread of this process. */
export function arenaForThreads(): InheritedArena | undefined {
  if (missingNativeReason() !== undefined) return undefined;
  const { descriptor, mapping } = currentArena('shared memory');
  return { descriptor, mapping };
}
