import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lock, RLock, Semaphore } from 'brood';
import { startPart } from '../support/shared.js';

const program = new URL('./endings.child.js', import.meta.url).href;
const LIMIT = 20_000;
/** Long enough for several looks at the holder. */
const A_WHILE = 350;

for (const [name, create] of [
  ['Lock', () => new Lock()],
  ['RLock', () => new RLock()],
] as const) {
  test(`${name}: process.exit() while it is held leaves it to the next, who is told`, async () => {
    const lock = create();
    const child = startPart(program, 'exit', { lock });
    assert.equal(await child.hear(), 'held');
    assert.equal(await lock.acquire(LIMIT), true);
    assert.equal(lock.ownerDied, true);
    lock.release();
    assert.equal((await child.ended).code, 7);
  });

  for (const part of ['throwInside', 'rejectInside']) {
    test(`${name}: an uncaught error inside \`using\` (${part}) gives it back before the process ends`, async () => {
      const lock = create();
      const child = startPart(program, part, { lock });
      assert.equal(await child.hear(), 'held');
      assert.equal(await lock.acquire(LIMIT), true);
      assert.equal(lock.ownerDied, false);
      lock.release();
      assert.equal((await child.ended).code, 1);
    });
  }
}

for (const [name, create] of [
  ['Lock', () => new Lock()],
  ['Semaphore', () => new Semaphore(1)],
] as const) {
  test(`${name}: a holder that is stopped goes on holding it; killed while it is stopped, it does not`, async () => {
    const lock = create();
    const child = startPart(program, 'hold', { lock });
    assert.equal(await child.hear(), 'held');
    process.kill(child.pid, 'SIGSTOP');
    assert.deepEqual(
      [await lock.acquire(A_WHILE), lock.acquireSync(A_WHILE), lock.tryAcquire()],
      [false, false, false],
    );
    const waiting = lock.acquire(LIMIT);
    process.kill(child.pid, 'SIGCONT');
    child.say('release');
    assert.equal(await waiting, true);
    assert.equal(lock.ownerDied, false);
    lock.release();
    await child.ended;

    const other = startPart(program, 'hold', { lock });
    assert.equal(await other.hear(), 'held');
    process.kill(other.pid, 'SIGSTOP');
    assert.equal(lock.acquireSync(A_WHILE), false);
    const next = lock.acquire(LIMIT);
    await other.kill();
    assert.equal(await next, true);
    assert.equal(lock.ownerDied, true);
    lock.release();
  });
}
