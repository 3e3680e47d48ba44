import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../support/children.js';
import { createRandom } from '../support/random.js';
import { runPart } from '../support/shared.js';

const forever = (): void => void setInterval(() => {}, 1e6);

await runPart({
  async takeUnits({ semaphore, units }) {
    for (let n = 0; n < units; n += 1) await semaphore.acquire();
    say('taken');
    forever();
  },
  async churnSemaphore({ semaphore, seed }) {
    const random = createRandom(seed);
    say('begun');
    for (;;) {
      const style = Math.floor(random() * 4);
      let isMine = true;
      if (style === 0) semaphore.acquireSync();
      else if (style === 1) isMine = semaphore.acquireSync(random() * 2);
      else if (style === 2) isMine = await semaphore.acquire(random() * 2);
      else isMine = await semaphore.acquire({ signal: AbortSignal.timeout(2) }).catch(() => false);
      if (isMine) semaphore.release();
      if (random() < 0.05) await sleep(0);
    }
  },
  async waitCondition({ condition, style, rounds }) {
    for (let round = 0; round < rounds; round += 1) {
      await condition.acquire();
      say('waiting');
      const isNotified = style === 'async' ? await condition.wait() : condition.waitSync();
      const isMine = condition.tryAcquire();
      say({ isNotified, isMine });
      if (isMine) condition.release();
      condition.release();
    }
  },
  async churnCondition({ condition, seed }) {
    const random = createRandom(seed);
    say('begun');
    for (;;) {
      await condition.acquire();
      if (random() < 0.5) condition.notify(1 + Math.floor(random() * 3));
      else if (random() < 0.6) condition.waitSync(random() * 4);
      else await condition.wait(random() * 4);
      condition.release();
    }
  },
  async waitEvent({ event, style }) {
    say('waiting');
    const signal = style === 'signal' ? event.asSignal() : undefined;
    if (style === 'async') await event.wait();
    else if (style === 'sync') event.waitSync();
    else
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
        const timer = setInterval(() => signal.aborted && clearInterval(timer), 100);
      });
    say('woken');
  },
  /** Ends, one way or another, while it is being rung. */
  async leaveWhileRung({ event, way }) {
    event.asSignal();
    say('begun');
    for (let n = 0; n < 20; n += 1) await event.wait(2);
    if (way === 'exit') process.exit(0);
  },
  async churnEvent({ event, seed }) {
    const random = createRandom(seed);
    say('begun');
    for (;;) {
      if (random() < 0.3) event.set();
      else if (random() < 0.4) event.clear();
      else if (random() < 0.6) event.waitSync(random() * 3);
      else await event.wait(random() * 3);
      if (random() < 0.05) await sleep(0);
    }
  },
  async pass({ barrier, style, rounds }) {
    const indexes = [];
    try {
      for (let round = 0; round < rounds; round += 1)
        indexes.push(style === 'async' ? await barrier.wait() : barrier.waitSync());
      say({ indexes });
    } catch (error) {
      say({ error: (error as Error).name, at: Date.now() });
    }
  },
});
