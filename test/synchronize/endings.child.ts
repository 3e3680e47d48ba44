import type { Lock, Semaphore } from 'brood';
import { say } from '../support/children.js';
import { runPart } from '../support/shared.js';

await runPart({
  async exit({ lock }: { lock: Lock }) {
    await lock.acquire();
    say('held');
    process.exit(7);
  },
  throwInside({ lock }: { lock: Lock }) {
    using held = lock.holdSync();
    say('held');
    throw new Error(`thrown while it is held: ${held.ownerDied}`);
  },
  async rejectInside({ lock }: { lock: Lock }) {
    using held = await lock.hold();
    say('held');
    await Promise.reject(new Error(`rejected while it is held: ${held.ownerDied}`));
  },
  /** Until a line comes, or for ever. */
  async hold({ lock }: { lock: Lock | Semaphore }) {
    await lock.acquire();
    say('held');
    process.stdin.once('data', () => {
      lock.release();
      process.exit();
    });
  },
});
