import { die } from '../support/killing-steps.js';

let isDoomed = false;

/** From now on this process dies in the barrier's action, if it is the one that runs it. */
export function doom(): void {
  isDoomed = true;
}

/** The barrier's action. */
export function act(): void {
  if (isDoomed) die();
}
