/** Somebody who expects an answer, and would rather wait for it a moment than sleep at once. */
export interface Looker {
  hasNews(): boolean;
  /** Blocks the thread for a moment where that has paid of late; true if there is news. */
  linger(): boolean;
  onNews(): void;
  /** Nothing has come. */
  onQuiet(): void;
}

const lookers = new Set<Looker>();
let isDue = false;

/**
 * Looks once the event loop has seen to all else that is due. Whoever is the only one then lingers: with several, each has
 * something better to wait for than one of them.
 */
export function lookSoon(looker: Looker): void {
  lookers.add(looker);
  schedule();
}

export function stopLooking(looker: Looker): void {
  lookers.delete(looker);
}

function schedule(): void {
  if (isDue) return;
  isDue = true;
  setImmediate(look);
}

function look(): void {
  isDue = false;
  const isAlone = lookers.size === 1;
  try {
    for (const looker of lookers) {
      lookers.delete(looker);
      if (looker.hasNews() || (isAlone && looker.linger())) looker.onNews();
      else looker.onQuiet();
    }
  } finally {
    // What one of them throws must not keep the others from their news.
    if (lookers.size > 0) schedule();
  }
}
