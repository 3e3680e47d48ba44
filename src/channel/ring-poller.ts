/** Somebody who would rather look for a moment than sleep at once. */
export interface Looker {
  hasNews(): boolean;
  onNews(): void;
  /** Its time is over, and nothing has come. */
  onQuiet(): void;
}

const lookers = new Map<Looker, number>();
let isTurning = false;

/** Looks once in each turn of the event loop, which goes on meanwhile, until there is news or `until` on the clock of `performance.now()`. */
export function lookUntil(until: number, looker: Looker): void {
  lookers.set(looker, until);
  if (isTurning) return;
  isTurning = true;
  setImmediate(turn);
}

export function isLooking(looker: Looker): boolean {
  return lookers.has(looker);
}

export function stopLooking(looker: Looker): void {
  lookers.delete(looker);
}

function turn(): void {
  const now = performance.now();
  for (const [looker, until] of lookers) {
    if (looker.hasNews()) {
      lookers.delete(looker);
      looker.onNews();
    } else if (now >= until) {
      lookers.delete(looker);
      looker.onQuiet();
    }
  }
  isTurning = lookers.size > 0;
  if (isTurning) setImmediate(turn);
}
