import { StateError } from '../errors/state-error.ts';
import { Deque } from '../util/deque.ts';

interface EarlyItem {
  readonly value: Promise<unknown>;
  /** Once the value is there. */
  outcome: { readonly value: unknown } | { readonly error: unknown } | undefined;
}

/** Items that were taken by a call that could not wait until the modules they need are loaded. The next calls get them. */
export class EarlyItems {
  readonly #items: Deque<EarlyItem> = new Deque();

  get length(): number {
    return this.#items.length;
  }

  add(value: Promise<unknown>): void {
    const item: EarlyItem = { value, outcome: undefined };
    this.#items.push(item);
    value.then(
      (loaded) => {
        item.outcome = { value: loaded };
      },
      (error) => {
        item.outcome = { error };
      },
    );
  }

  next(): Promise<unknown> | undefined {
    return this.#items.shift()?.value;
  }

  /** StateError if it is not loaded yet. */
  nextNow(): unknown {
    const outcome = this.#items.peek()?.outcome;
    if (outcome === undefined) {
      throw new StateError(
        'Cannot get the item at once: a module that it needs is not loaded here; await get(), which gives this item, or import the module first',
      );
    }
    this.#items.shift();
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
}
