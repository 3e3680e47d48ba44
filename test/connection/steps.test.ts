import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lock } from 'brood';
import { BrokenPipeError, type Connection, EOFError, pipe } from 'brood/connection';
import { Cells } from '#dist/memory/cells.js';
import { currentArena } from '#dist/memory/current-arena.js';
import { KIND } from '#dist/memory/kinds.js';
import { Spans } from '#dist/memory/spans.js';
import { blocksInUse, collectGarbage, collectUntil } from '../queues/support.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { startPart } from '../support/shared.js';

const program = new URL('./steps.child.js', import.meta.url).href;

/** Messages in blocks of their own that nobody has given back. */
function messagesInMemory(): number {
  const arena = currentArena('the test');
  const cells = new Cells(arena.words);
  const spans = new Spans(arena.words, arena.parties);
  let count = 0;
  for (let span = 0; span < spans.high; span += 1) {
    if (spans.cellBytes(span) < 64) continue;
    for (const cell of spans.cellsIn(span)) if (!cells.isFree(cell) && cells.kind(cell) === KIND.crate) count += 1;
  }
  return count;
}

/** Takes what there is; each message is whole. */
async function takeAll(end: Connection): Promise<number> {
  let count = 0;
  while (await end.poll()) {
    const bytes = await end.recvBytes();
    if (bytes.byteLength === 100 || bytes.byteLength === 200_000) assert.ok(bytes.every((byte) => byte === bytes[0]));
    count += 1;
  }
  return count;
}

test('A process that is killed at any step of any call of its end loses nobody else anything', async () => {
  const random = createRandom(seed);
  const [here, there] = pipe();
  const offer = async (): Promise<void> => {
    await here.sendBytes(new Uint8Array(100).fill(3));
    await here.sendBytes(new Uint8Array(200_000).fill(4));
  };
  await offer();
  const whole = startPart(program, 'tour', { end: there, killAt: -1 });
  const steps = await whole.hear();
  await whole.ended;
  assert.equal(await takeAll(here), 3);
  await collectGarbage();
  const before = blocksInUse().all;
  const kills = scaled(24);
  console.log(`${kills} of ${steps * 2} places to be killed at`);
  for (let n = 0; n < kills; n += 1) {
    await takeAll(there);
    await offer();
    const child = startPart(program, 'tour', { end: there, killAt: 1 + Math.floor(random() * steps * 2) });
    await child.ended;
    assert.ok((await takeAll(here)) <= 3);
    assert.ok((await takeAll(there)) <= 2);
    await Promise.all([here.send('a'), there.send('b')]);
    assert.deepEqual([await there.recv(), await here.recv()], ['a', 'b']);
    currentArena('the test').reap();
    assert.equal(messagesInMemory(), 0);
  }
  assert.ok((await collectUntil(before)) <= before, 'what the killed had in hand stays');
  // Nobody has that end any more, whatever message it was named in.
  there.close();
  await assert.rejects(here.recv(), EOFError);
  await assert.rejects(here.send(1), BrokenPipeError);
});

/** What it makes is unreachable once it returns. */
async function leaveToKilled(): Promise<void> {
  const [here, there] = pipe();
  const child = startPart(program, 'leave', { end: there, other: new Lock() });
  assert.equal((await child.ended).signal, 'SIGKILL');
  there.close();
  await assert.rejects(here.recv(), EOFError);
  here.close();
}

test('a pipe that only processes had which were killed, with messages that nobody read, is given back with all they refer to', async () => {
  await collectGarbage();
  const before = blocksInUse().all;
  for (let n = 0; n < scaled(10); n += 1) await leaveToKilled();
  assert.ok((await collectUntil(before)) <= before);
});

test('100,000 pipes made and closed, and long messages nobody received, do not grow the arena', async () => {
  for (let n = 0; n < scaled(100_000); n += 1) {
    const [a, b] = pipe();
    if (n % 1000 === 0) await a.sendBytes(new Uint8Array(500_000));
    a.close();
    b.close();
  }
  assert.equal(messagesInMemory(), 0);
  const spans = new Spans(currentArena('the test').words, currentArena('the test').parties);
  assert.ok(spans.high < 500, `${spans.high} spans`);
});
