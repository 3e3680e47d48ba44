import type { InheritedBudget } from './inherited-budget.ts';
import type { Demand, Place, ProcessBudget } from './place.ts';

/** A budget without shared memory: a process splits what it has inherited among those that it starts. */
export class SplitBudget implements ProcessBudget {
  readonly #inherited: InheritedBudget | undefined;
  #spent = 0;

  constructor(inherited: InheritedBudget | undefined) {
    this.#inherited = inherited;
  }

  take({ limit, siblings, isProcess }: Demand): Place {
    if (!isProcess) return { budget: { limit, share: 0 }, release: () => {} };
    const whole = this.#inherited?.share ?? limit;
    const share = Math.max(0, Math.min(Math.floor(whole / siblings), whole - this.#spent) - 1);
    this.#spent += 1 + share;
    return {
      budget: { limit, share },
      release: () => {
        this.#spent -= 1 + share;
      },
    };
  }

  tryTake(demand: Demand): Place | undefined {
    const isSpent = this.#inherited !== undefined && this.#inherited.share - this.#spent < 1;
    return isSpent ? undefined : this.take(demand);
  }
}
