type Activity = 'starting' | 'idle' | 'busy' | 'ending';

/** How long a worker has done what, in milliseconds; what it does now counts up to this moment. */
export class TimeSheet {
  readonly #spent: Record<Activity, number> = { starting: 0, idle: 0, busy: 0, ending: 0 };
  #activity: Activity = 'starting';
  #since: number = performance.now();

  begin(activity: Activity): void {
    const now = performance.now();
    this.#spent[this.#activity] += now - this.#since;
    this.#activity = activity;
    this.#since = now;
  }

  spent(activity: Activity): number {
    const current = activity === this.#activity ? performance.now() - this.#since : 0;
    return this.#spent[activity] + current;
  }
}
