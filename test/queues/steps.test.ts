import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JoinableQueue } from 'brood';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { startPart } from '../support/shared.js';
import { applyTo, chooseOperations, type Operation, outcomeOf } from './operations.js';
import { blocksInUse, collectGarbage, collectUntil } from './support.js';

const program = new URL('./steps.child.js', import.meta.url).href;

/** A queue with three items, for a child to work on. */
async function prepareQueue(): Promise<JoinableQueue<[string]>> {
  const queue = new JoinableQueue<[string]>();
  for (const name of ['a', 'b', 'c']) await applyTo(queue as JoinableQueue, { kind: 'put', name, sort: 'small' });
  return queue;
}

async function drain(queue: JoinableQueue<[string]>): Promise<string> {
  const names: string[] = [];
  for (let left = queue.qsize(); left > 0; left -= 1) {
    const [name] = queue.getNowait();
    queue.taskDone();
    names.push(name);
  }
  assert.equal(queue.empty(), true);
  return names.join(' ');
}

/**
 * What was left in the queue, which is unreachable afterwards, and whether the child was killed before it was done: how many
 * steps it takes depends on what others have left in the arena.
 */
async function killOnce(
  operations: readonly Operation[],
  killAt: number,
): Promise<{ left: string; isKilled: boolean }> {
  const queue = await prepareQueue();
  const child = startPart(program, 'tour', { queue, operations, killAt });
  const { code, signal } = await child.ended;
  const isKilled = signal === 'SIGKILL';
  assert.ok(isKilled || code === 0, `killed at ${killAt}: it ended with ${signal ?? code}`);
  const left = await drain(queue);
  assert.equal(await queue.join(5000), true, `killed at ${killAt}: something stays undone`);
  await queue.put(['more']);
  assert.deepEqual(await queue.get(), ['more']);
  return { left, isKilled };
}

test('killed at any step, a process has done each call wholly or not at all; all others go on, and no memory is lost', async () => {
  const random = createRandom(seed);
  const operations = chooseOperations(random, 30);
  /** After none of them, the first, … and after all. */
  const outcomes = [...operations, undefined].map((_, done) => outcomeOf(['a', 'b', 'c'], operations.slice(0, done)));
  const whole = startPart(program, 'tour', { queue: await prepareQueue(), operations, killAt: -1 });
  const steps = await whole.hear();
  await whole.ended;
  await collectGarbage();
  const before = blocksInUse().all;
  const kills = scaled(16);
  console.log(`${kills} of ${steps * 2} places to be killed at`);
  for (let n = 0; n < kills; n += 1) {
    const killAt = 1 + Math.floor(random() * steps * 2);
    const { left, isKilled } = await killOnce(operations, killAt);
    assert.ok(isKilled ? outcomes.includes(left) : left === outcomes.at(-1), `killed at ${killAt}: "${left}"`);
  }
  assert.ok((await collectUntil(before)) <= before);
});
