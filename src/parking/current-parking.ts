import { currentArena } from '../memory/current-arena.ts';
import { Parking } from './parking.ts';

let current: Parking | undefined;

/** Waiting on the arena of this process tree. Throws `ERR_NO_NATIVE` where there can be none. */
export function currentParking(what: string): Parking {
  current ??= new Parking(currentArena(what));
  return current;
}
