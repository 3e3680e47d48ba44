import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { currentArena } from '#dist/memory/current-arena.js';
import { cellsInUse } from '../support/arena.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { Peer } from './peer.js';

const file = fileURLToPath(new URL('./steps.child.js', import.meta.url));

function sendParts({ channel }: Peer, killAt: number): void {
  channel.send({ killAt });
  for (let part = 0; part < 6; part += 1) channel.send({ part }, Buffer.alloc(part % 2 === 0 ? 150_000 : 500, part));
}

test('ring: a child that is killed at any step delivers whole messages and then its end, and all memory comes back', async () => {
  const random = createRandom(seed);
  const arena = currentArena('the test');
  let steps = 0;
  {
    await using whole = await new Peer('ring', { file }).ready();
    sendParts(whole, -1);
    await whole.received(13);
    steps = whole.messages.at(-1)?.head.steps as number;
  }
  arena.reap();
  arena.warm.drop();
  const before = cellsInUse(arena);
  const kills = scaled(40);
  console.log(`${kills} of ${steps * 2} places to be killed at`);
  for (let n = 0; n < kills; n += 1) {
    await using peer = await new Peer('ring', { file }).ready();
    const killAt = 1 + Math.floor(random() * steps * 2);
    sendParts(peer, killAt);
    assert.equal(await peer.ended, undefined);
    assert.deepEqual(
      peer.messages.map(({ head }) => head.i),
      peer.messages.map((_, i) => i),
      `killed at ${killAt}`,
    );
    for (const [i, { body }] of peer.messages.entries()) {
      assert.equal(body.length, i % 3 === 0 ? 100_000 + i : i * 900);
      assert.ok(body.every((byte) => byte === i));
    }
  }
  arena.reap();
  arena.warm.drop();
  assert.equal(cellsInUse(arena), before);
});

for (const harm of ['tail', 'negative tail', 'record', 'negative record', 'endless wrap', 'head', 'block', 'reader']) {
  test(`ring: a child that damages its ring (${harm}) ends its channel with an error`, async () => {
    await using peer = await new Peer('ring', { file }).ready();
    peer.channel.send({ harm });
    if (harm === 'reader') {
      peer.channel.send({}, Buffer.alloc(100_000));
      for (let i = 0; i < 10_000; i += 1) peer.channel.send({ i });
    }
    const error = (await peer.ended) as Error & { code: string };
    assert.equal(error?.code, 'ERR_CHANNEL', String(error));
    peer.channel.send({}); // Neither throws nor arrives.
  });
}
