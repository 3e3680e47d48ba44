import type { ProcessOptions } from './process-options.ts';

/** What the base class's `run` calls. */
export type Call = Pick<ProcessOptions, 'target' | 'args'>;

const inheritedCalls = new WeakMap<object, Call>();

/** In the child: what the process object that came over was constructed with. */
export function inheritCall(owner: object, call: Call): void {
  inheritedCalls.set(owner, call);
}

/** Undefined where the object was created. */
export function inheritedCall(owner: object): Call | undefined {
  return inheritedCalls.get(owner);
}
