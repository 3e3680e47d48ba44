import type { Message } from '../support/children.js';

/** What a tour does while it has what only one may have. */
export interface Inside {
  enter(ownerDied: boolean): void;
  leave(): void;
}

const UNSEEN: Inside = { enter() {}, leave() {} };

/** One tour through every call of one primitive, to be cut off at any step, alone or among others. It gives back what it got. */
export const tours: Record<string, (object: Message, inside?: Inside) => Promise<void>> = {
  async lock(lock, inside = UNSEEN) {
    const end = (): void => {
      inside.leave();
      lock.release();
    };
    await lock.acquire();
    inside.enter(lock.ownerDied);
    end();
    for (const take of [() => lock.acquireSync(3), () => lock.tryAcquire(), () => lock.acquire(3)]) {
      if (!(await take())) continue;
      inside.enter(lock.ownerDied);
      end();
    }
  },
  async rlock(lock, inside = UNSEEN) {
    await lock.acquire();
    inside.enter(lock.ownerDied);
    lock.acquireSync(3);
    lock.release();
    inside.leave();
    lock.release();
  },
  async semaphore(semaphore) {
    await semaphore.acquire();
    let units = 1;
    if (semaphore.acquireSync(3)) units += 1;
    if (await semaphore.acquire(3)) units += 1;
    semaphore.release(units);
    semaphore.getValue();
  },
  async condition(condition, inside = UNSEEN) {
    await condition.acquire();
    await condition.wait(3);
    inside.enter(condition.lock.ownerDied);
    condition.notify();
    inside.leave();
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
