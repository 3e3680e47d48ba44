import { say } from '../support/children.js';
import { runPart } from '../support/shared.js';

await runPart({
  /** Holds it nearly all the time, and never lets go for longer than it takes to come back. */
  async hog({ lock, style }) {
    say('begun');
    for (;;) {
      if (style === 'async') await lock.acquire();
      else lock.acquireSync();
      const end = performance.now() + 2;
      while (performance.now() < end);
      lock.release();
      if (style === 'async') await null;
    }
  },
});
