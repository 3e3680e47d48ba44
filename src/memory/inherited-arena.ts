import type { Mapping } from '../os/native/contract.ts';

/** Where a child finds the arena of its process tree. */
export interface InheritedArena {
  readonly descriptor: number;
  /** For a thread: its process has mapped it, and there is not address space for a mapping of each thread's own. */
  readonly mapping?: Mapping;
}

let inherited: InheritedArena | undefined;

/**
 * Says, at the start of a child, where the arena of the process tree is. Costs nothing, and so does this file: the arena is
 * attached when something first needs it.
 */
export function inheritArena(descriptor: number, mapping?: Mapping): void {
  inherited = { descriptor, ...(mapping && { mapping }) };
}

export function inheritedArena(): InheritedArena | undefined {
  return inherited;
}
