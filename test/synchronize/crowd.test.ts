import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentArena } from '#dist/memory/current-arena.js';
import { RawValue } from '#dist/sharedctypes/raw-value.js';
import { Event } from '#dist/synchronize/event.js';
import { Lock } from '#dist/synchronize/lock.js';
import { startPart } from '../support/shared.js';

const program = new URL('./crowd.child.js', import.meta.url).href;

/** Takes 31 slots, so that whoever joins next shares the class of the last one that did. */
function fillClasses(): void {
  const { parties, native } = currentArena('the test');
  for (let n = 0; n < 31; n += 1) parties.claim(native.threads.currentId());
}

test('with more than 32 parties, those that share a class lose no wake-up to each other', async () => {
  const [lock, event, counter] = [new Lock(), new Event(), new RawValue('i32')];
  const children = [];
  for (const style of ['sync', 'async', 'sync', 'async']) {
    fillClasses();
    const child = startPart(program, 'work', { lock, event, counter, style, times: 3000 });
    assert.equal(await child.hear(), 'ready');
    children.push(child);
  }
  const wait = event.wait();
  event.set();
  assert.equal(await wait, true);
  for (let n = 0; n < 3000; n += 1) {
    await lock.acquire();
    counter.value += 1;
    lock.release();
  }
  for (const child of children) assert.equal(await child.hear(), 'done');
  assert.equal(counter.value, 5 * 3000);
});
