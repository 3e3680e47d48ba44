import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../support/children.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { createRandom } from '../support/random.js';
import { runPart } from '../support/shared.js';

/** How often any thread of this process has gone to sleep by itself, and so has been awake before. */
function switchesOfAllThreads(): number {
  let sum = 0;
  for (const thread of readdirSync('/proc/self/task')) {
    const status = readFileSync(`/proc/self/task/${thread}/status`, 'latin1');
    sum += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
  }
  return sum;
}

/** Voluntary switches in five seconds: one is that of the timer which ends them. */
const QUIET = 2;

await runPart({
  /** Adds to a plain word of shared memory, under the lock, once all others are there. */
  async count({ lock, counter, times, style, start }) {
    start.waitSync();
    const words = counter.place.block.arena.words;
    const address = counter.place.address + 4;
    for (let n = 0; n < times; n += 1) {
      if (style === 'async') await lock.acquire();
      else if (style === 'sync') lock.acquireSync();
      words.store(address, words.load(address) + 1);
      if (style !== 'none') lock.release();
    }
    say('done');
  },
  /** Takes it and stays. */
  async grab({ lock }) {
    await lock.acquire();
    say({ ownerDied: lock.ownerDied });
    setInterval(() => {}, 1e6);
  },
  async wait({ lock, style }) {
    say('waiting');
    if (style === 'async') await lock.acquire();
    else lock.acquireSync();
    say({ at: Date.now(), ownerDied: lock.ownerDied });
    lock.release();
  },
  /** Works under the lock in all ways, until killed. */
  async churn({ lock, counter, seed, tell }) {
    const random = createRandom(seed);
    const words = counter.place.block.arena.words;
    const address = counter.place.address + 4;
    for (let n = 0; ; n += 1) {
      const style = Math.floor(random() * 5);
      let isMine = true;
      if (style === 0) lock.acquireSync();
      else if (style === 1) isMine = lock.acquireSync(random() * 3);
      else if (style === 2) isMine = await lock.acquire(random() * 3);
      else if (style === 3) {
        const signal = AbortSignal.timeout(Math.ceil(random() * 3));
        isMine = await lock.acquire({ signal }).catch(() => false);
      } else await lock.acquire();
      if (isMine) {
        // Two owners would see each other here.
        if (words.exchange(address, process.pid) !== 0 && !lock.ownerDied) say('two owners');
        for (let spin = random() * 2000; spin > 0; spin -= 1) words.load(address);
        if (words.exchange(address, 0) !== process.pid) say('two owners');
        lock.release();
      }
      if (tell && n % 50 === 0) say(n);
      if (n % 20 === 0) await sleep(0);
    }
  },
  /** Many waits that never end. */
  async idle({ locks }) {
    for (const lock of locks) void lock.acquire();
    collectGarbage(); // Else the look itself may be what fills the heap, and wakes V8's threads.
    await sleep(1000);
    const switches: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const before = switchesOfAllThreads();
      await sleep(5000);
      switches.push(switchesOfAllThreads() - before);
      if ((switches.at(-1) as number) <= QUIET) break;
    }
    say({ switches });
    process.exit();
  },
});
