import { say } from '../support/children.js';
import { runPart } from '../support/shared.js';

await runPart({
  async work({ lock, event, counter, style, times }) {
    say('ready');
    if (style === 'sync') event.waitSync();
    else await event.wait();
    for (let n = 0; n < times; n += 1) {
      if (style === 'sync') lock.acquireSync();
      else await lock.acquire();
      counter.value += 1;
      lock.release();
      if (n % 10 === 0) await new Promise(setImmediate);
    }
    say('done');
  },
});
