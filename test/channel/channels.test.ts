import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../support/random.js';
import { seed } from '../support/seed.js';
import { type Head, KINDS, Peer } from './peer.js';

const MIB = 2 ** 20;

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The parent's event loop does not turn for a while. */
function stayAway(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

const numbers = (messages: ReadonlyArray<{ head: Head }>): unknown[] => messages.map(({ head }) => head.i);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

for (const kind of KINDS) {
  test(`${kind}: a channel carries 100 MiB both ways, byte for byte`, async () => {
    await using peer = new Peer(kind);
    const body = randomBytes(100 * MIB);
    peer.channel.send({ do: 'echo' }, body.subarray(0, MIB), body.subarray(MIB));
    await peer.received(1);
    assert.equal(peer.isRing, kind === 'ring');
    const [{ head, body: first } = assert.fail()] = peer.messages;
    assert.deepEqual(head, { do: 'echo' });
    assert.equal(digest(first), digest(body));
    peer.channel.send({ do: 'echo later' }, body);
    await peer.received(2);
    assert.equal(digest(peer.messages[1]?.body as Buffer), digest(body));
  });

  test(`${kind}: messages of all sizes and heads arrive as they were sent, in order`, async () => {
    await using peer = new Peer(kind);
    const random = createRandom(seed);
    const sent = upTo(600).map((i) => {
      const size = Math.floor(random() ** 6 * 300_000);
      const text = ['', 'ä€\u{1f600}'.repeat(size % 50), 'x'.repeat(Math.floor(random() ** 4 * 30_000))][i % 3];
      return { head: { do: i % 10 === 0 ? 'echo later' : 'echo', i, text }, body: randomBytes(size) };
    });
    for (const { head, body } of sent) peer.channel.send(head, body.subarray(0, 3), body.subarray(3));
    await peer.received(sent.length);
    const byNumber = new Map(peer.messages.map((message) => [message.head.i, message]));
    for (const { head, body } of sent) {
      assert.deepEqual(byNumber.get(head.i)?.head, head);
      assert.equal(digest(byNumber.get(head.i)?.body as Buffer), digest(body));
    }
    const prompt = peer.messages.filter(({ head }) => head.do === 'echo');
    assert.deepEqual(
      numbers(prompt),
      upTo(600).filter((i) => i % 10 !== 0),
    );
  });

  test(`${kind}: a channel keeps the order of many small messages in both directions`, async () => {
    await using peer = new Peer(kind);
    for (let i = 0; i < 20_000; i += 1) peer.channel.send({ do: 'echo', i });
    peer.channel.send({ do: 'flood', count: 20_000 });
    await peer.received(40_000);
    assert.deepEqual(numbers(peer.messages), [...upTo(20_000), ...upTo(20_000)]);
  });

  test(`${kind}: two sides that both write without reading finish`, async () => {
    await using peer = await new Peer(kind).ready();
    for (let i = 0; i < 50; i += 1) {
      peer.channel.send({ do: 'flood', count: 1000 });
      peer.channel.send({ do: 'large', size: MIB });
      for (let n = 0; n < 200; n += 1) peer.channel.send({ do: 'nothing' }, Buffer.alloc(5000));
    }
    await peer.received(50 * 1001);
    assert.equal(peer.messages.length, 50 * 1001);
  });

  test(`${kind}: a channel delivers everything when its reader stays away for a while`, async () => {
    await using peer = await new Peer(kind).ready();
    peer.channel.send({ do: 'large', size: 20 * MIB });
    peer.channel.send({ do: 'flood', count: 5000 });
    await sleep(20);
    stayAway(300);
    await peer.received(5001);
    assert.equal(peer.messages[0]?.body.length, 20 * MIB + 3);
    assert.equal(peer.messages[0]?.body.subarray(-3).toString(), 'end');
    assert.deepEqual(numbers(peer.messages.slice(1)), upTo(5000));
  });

  test(`${kind}: sending never waits for a child that does not read`, async () => {
    await using peer = await new Peer(kind).ready();
    peer.child.kill('SIGSTOP');
    for (let i = 0; i < 20_000; i += 1)
      peer.channel.send({ do: 'echo', i }, Buffer.alloc(i % 1000 === 0 ? 200_000 : 100));
    await sleep(50);
    assert.equal(peer.messages.length, 0);
    peer.child.kill('SIGCONT');
    await peer.received(20_000);
    assert.deepEqual(numbers(peer.messages), upTo(20_000));
  });

  test(`${kind}: all that was sent before a death arrives, then the end, without an error`, async () => {
    for (const { count, size } of [
      { count: 0, size: 0 },
      { count: 1, size: 10 },
      { count: 300, size: 20 },
      { count: 40, size: 6000 },
      { count: 60, size: 70_000 },
      { count: 15, size: 3 * MIB },
    ]) {
      await using peer = await new Peer(kind).ready();
      peer.channel.send({ do: 'flood and die', count, size });
      assert.equal(await peer.ended, undefined);
      assert.deepEqual(numbers(peer.messages), upTo(count));
      for (const [i, { body }] of peer.messages.entries()) {
        assert.equal(body.length, i % 7 === 0 ? size : 10);
        assert.ok(body.every((byte) => byte === i % 256));
      }
    }
  });

  test(`${kind}: what a task left behind goes on while its process rests, and while it is kept busy`, async () => {
    await using peer = await new Peer(kind).ready();
    peer.channel.send({ do: 'leave a timer', ms: 30 });
    await peer.received(1);
    assert.deepEqual(peer.messages[0]?.head, { timer: true });
    peer.channel.send({ do: 'leave a timer', ms: 30 });
    let sent = 0;
    while (!peer.messages.slice(1).some(({ head }) => head.timer)) {
      peer.channel.send({ do: 'echo' });
      peer.channel.send({ do: 'rest' });
      sent += 1;
      await peer.received(1 + sent);
      assert.ok(sent < 1_000_000);
    }
  });

  test(`${kind}: a channel that rests for long is woken by the next message`, async () => {
    await using peer = await new Peer(kind).ready();
    for (let i = 0; i < 20; i += 1) {
      peer.channel.send({ do: 'echo', i });
      peer.channel.send({ do: 'rest' });
      await peer.received(i + 1);
      await sleep(i * 3);
    }
  });

  test(`${kind}: bytes on the descriptor that are no message end the channel with an error, after what was whole`, async () => {
    for (const garbage of ['garbage', '\0'.repeat(100), '{"do":"echo"}\n']) {
      await using peer = new Peer(kind);
      peer.channel.send({ do: 'echo' });
      await peer.received(1);
      peer.channel.send({ do: 'write' }, Buffer.from(garbage));
      const error = (await peer.ended) as Error & { code: string };
      assert.equal(error.code, 'ERR_CHANNEL');
      assert.equal(peer.messages.length, 1);
      peer.channel.send({ do: 'echo' }); // Neither throws nor arrives.
    }
  });

  test(`${kind}: a channel that was closed delivers nothing more, and reports no end`, async () => {
    await using peer = await new Peer(kind).ready();
    peer.channel.send({ do: 'flood', count: 1000 });
    peer.channel.close();
    peer.channel.close();
    const outcome = await Promise.race([peer.ended.then(() => 'ended'), sleep(200, 'silent')]);
    assert.deepEqual([outcome, peer.messages.length], ['silent', 0]);
  });

  test(`${kind}: sending to a child that is gone throws nothing`, async () => {
    for (const isReady of [false, true]) {
      await using peer = new Peer(kind);
      if (isReady) await peer.ready();
      peer.child.kill('SIGKILL');
      for (let i = 0; i < 100; i += 1) peer.channel.send({ do: 'echo' }, Buffer.alloc(10_000 + i * 10_000));
      assert.equal(await peer.ended, undefined);
      peer.channel.send({ do: 'echo' });
    }
  });
}

test('socket: a message whose writer is killed after any byte is not delivered, and the channel ends without an error', async () => {
  const size = 5 * MIB;
  for (const at of [0, 1, 4, 15, 16, 20, 29, 1000, MIB, size]) {
    await using peer = new Peer('socket');
    peer.channel.send({ do: 'echo' }, Buffer.from('whole'));
    peer.channel.send({ do: 'tear', at }, Buffer.alloc(size));
    assert.equal(await peer.ended, undefined);
    assert.deepEqual(
      peer.messages.map(({ body }) => String(body)),
      ['whole'],
      `cut at ${at}`,
    );
  }
});

test('socket: a channel delivers everything when the child made its descriptor non-blocking', async () => {
  await using peer = await new Peer('socket').ready();
  peer.channel.send({ do: 'non-blocking' });
  peer.fromChild.pause();
  peer.channel.send({ do: 'large', size: 20 * MIB });
  peer.channel.send({ do: 'flood', count: 5000 });
  await sleep(300);
  peer.fromChild.resume();
  await peer.received(5001);
  const { body } = peer.messages[0] as { body: Buffer };
  assert.equal(digest(body.subarray(0, -3)), digest(Buffer.alloc(20 * MIB, 7)));
});

test('ring: a child that cannot use shared memory talks by the socket, and gets what was sent before that was known', async () => {
  await using peer = new Peer('ring', { env: { BROOD_NATIVE: 'off' } });
  for (let i = 0; i < 10; i += 1) peer.channel.send({ do: 'echo', i }, Buffer.alloc(i * 20_000, i));
  await peer.received(10);
  assert.equal(peer.isRing, false);
  assert.deepEqual(numbers(peer.messages), upTo(10));
});
