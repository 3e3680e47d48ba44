import { type Message, say } from '../support/children.js';
import { countSteps, steps } from '../support/killing-steps.js';
import { runPart } from '../support/shared.js';

// One tour through every call of one primitive, to be cut off at a chosen step.
const tours: Record<string, (object: Message) => Promise<void>> = {
  async lock(lock) {
    await lock.acquire();
    lock.release();
    lock.acquireSync(3);
    lock.tryAcquire();
    await lock.acquire(3);
    lock.release();
  },
  async rlock(lock) {
    await lock.acquire();
    lock.acquireSync(3);
    lock.release();
    lock.release();
  },
  async semaphore(semaphore) {
    await semaphore.acquire();
    semaphore.acquireSync(3);
    await semaphore.acquire(3);
    semaphore.release(2);
    semaphore.getValue();
  },
  async condition(condition) {
    await condition.acquire();
    await condition.wait(3);
    condition.notify();
    condition.waitSync(3);
    condition.notifyAll();
    condition.release();
  },
  async event(event) {
    await event.wait(3);
    event.set();
    event.waitSync(3);
    event.clear();
    event.waitSync(3);
  },
  async barrier(barrier) {
    await barrier.wait(3).catch(() => {});
    barrier.reset();
    await Promise.allSettled([barrier.wait(3), barrier.wait(3)]);
    barrier.reset();
  },
};

await runPart({
  async tour({ kind, object, killAt }) {
    countSteps();
    steps.killAt = killAt;
    await tours[kind]?.(object);
    steps.killAt = Number.POSITIVE_INFINITY;
    say(steps.taken);
    process.exit();
  },
});
