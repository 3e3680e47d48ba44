import type { Arena } from '../memory/arena.ts';
import type { InheritedBudget } from './inherited-budget.ts';
import type { Demand, Place, ProcessBudget } from './place.ts';

/**
 * A budget that all processes of the tree count on together, each what it has started itself: what a killed one had started
 * counts no more once its death is noticed, and ends with it.
 *
 * Guarantees: as long as it is above half of the limit, `tryTake` gives nothing, whoever else tries at the same moment. The
 * other half is for those that have to be.
 */
export class SharedBudget implements ProcessBudget {
  readonly #arena: Arena;
  readonly #inherited: InheritedBudget | undefined;

  constructor(arena: Arena, inherited: InheritedBudget | undefined) {
    this.#arena = arena;
    this.#inherited = inherited;
  }

  take({ limit, isProcess }: Demand): Place {
    if (isProcess) this.#count(1);
    return {
      budget: { limit, share: 0 },
      release: () => {
        if (isProcess) this.#count(-1);
      },
    };
  }

  tryTake(demand: Demand): Place | undefined {
    const place = this.take(demand);
    if (!demand.isProcess || this.#fits()) return place;
    this.#arena.reapNowAndThen(); // Of a death elsewhere nobody may have heard yet.
    if (this.#fits()) return place;
    place.release();
    return undefined;
  }

  #fits(): boolean {
    return !this.#inherited || this.#arena.parties.countProcesses() <= this.#inherited.limit / 2;
  }

  #count(change: 1 | -1): void {
    this.#arena.parties.addProcesses(this.#arena.self, change);
  }
}
