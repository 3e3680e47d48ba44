import { Spin } from '../channel/spin.ts';
import { cpuCount } from '../os/cpu-count.ts';

/** Between two looks at the clock. */
const LOOKS = 16;

let maySpin: boolean | undefined;

/** A look of some microseconds before a wait, as long as that pays. */
export class Glance {
  readonly #spin: Spin;

  constructor() {
    maySpin ??= cpuCount() > 1;
    this.#spin = new Spin(maySpin);
  }

  /** True if `hasNews` came true meanwhile, and within `limit` ms. */
  meets(hasNews: () => boolean, limit: number): boolean {
    const until = this.#spin.begin();
    if (until === 0) return false;
    const limited = performance.now() + limit;
    for (let now = limited - limit; now <= until; now = performance.now()) {
      for (let looks = 0; looks < LOOKS; looks += 1) {
        if (!hasNews()) continue;
        this.#spin.end();
        return true;
      }
      // Cut short, it has taught nothing.
      if (now >= limited) return false;
    }
    this.#spin.end();
    return false;
  }
}
