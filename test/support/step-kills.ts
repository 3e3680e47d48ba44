import assert from 'node:assert/strict';
import { openArena } from '#dist/memory/arena.js';
import { requireNative } from '#dist/os/native/native.js';
import { cellsInUse, residentBytes } from './arena.js';
import { TestChild } from './children.js';
import { createRandom } from './random.js';
import { scaled, seed } from './seed.js';

/**
 * Kills a program that works in an arena before or behind any of its steps, four at a time: nothing of it stays. It says how
 * many steps it has when it is told to be killed at none.
 */
export async function assertKillsLeaveNothing(program: URL): Promise<void> {
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
}
