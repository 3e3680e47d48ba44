import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openArena } from '#dist/memory/arena.js';
import { requireNative } from '#dist/os/native/native.js';
import { cellsInUse, residentBytes } from '../support/arena.js';
import { TestChild } from '../support/children.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

const program = new URL('./buffer-block.child.js', import.meta.url);

test('a process that is killed at any step of leaving buffers out, or of reading them, leaves nothing', async () => {
  const arena = openArena(requireNative('the test'));
  const random = createRandom(seed);
  const whole = new TestChild(program, { killAt: -1 }, arena.descriptor);
  const { steps } = await whole.hear();
  assert.deepEqual(await whole.ended, { code: 0, signal: null });
  arena.reap();
  assert.equal(cellsInUse(arena), 0);
  console.log(`${steps * 2} places to be killed at`);
  for (let round = 0; round < scaled(24); round += 4) {
    const children = Array.from({ length: 4 }, () => {
      const killAt = 1 + Math.floor(random() * steps * 2);
      return { killAt, child: new TestChild(program, { killAt }, arena.descriptor) };
    });
    for (const { child, killAt } of children) {
      const { signal } = await child.ended;
      assert.equal(signal, 'SIGKILL', `kill at ${killAt}`);
    }
    arena.reap();
    assert.equal(cellsInUse(arena), 0, `after round ${round}`);
  }
  assert.ok(residentBytes(arena) < 4e6, `${residentBytes(arena)}`);
});
