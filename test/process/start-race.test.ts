import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { childrenOf, fixture, Program } from './program.js';

const ROUNDS = scaled(30);
const WINDOW = 500;
const AT_ONCE = 3;

test(`A program killed at any instant of its first ${WINDOW} ms of starting children leaves nothing behind`, {
  timeout: scaled(100_000),
}, async (t) => {
  const random = createRandom(seed);
  const instants = Array.from({ length: ROUNDS }, () => Math.round(random() * WINDOW));
  let begun = 0;
  const round = async (instant: number): Promise<void> => {
    const program = new Program(t, [fixture('tree.mjs'), 'no', 'busy', 'stubborn', 'runaway', 'family']);
    await program.waitFor(/begin/);
    await sleep(instant);
    if (childrenOf(program.pid).length > 1) begun += 1;
    program.child.kill('SIGKILL');
    await program.exited;
    assert.deepEqual(await program.survivors(), [], `killed after ${instant} ms`);
  };
  const waiting = [...instants];
  const work = async (): Promise<void> => {
    for (let instant = waiting.pop(); instant !== undefined; instant = waiting.pop()) await round(instant);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log(`${begun} of ${ROUNDS} had started a child`);
});
