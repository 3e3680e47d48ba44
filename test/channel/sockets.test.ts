import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drawMagic, SocketChannel } from '#dist/channel/socket-channel.js';

const MIB = 2 ** 20;
const program = fileURLToPath(new URL('../fixtures/channel/peer.mjs', import.meta.url));

type Head = Record<string, unknown>;

/** A child on the other end, and what has come from it. */
class Peer {
  readonly child: ChildProcess;
  readonly channel: InstanceType<typeof SocketChannel<Head, Head>>;
  readonly fromChild: Socket;
  readonly messages: Array<{ head: Head; body: Buffer }> = [];
  readonly ended: Promise<Error | undefined>;
  #onMessage = (): void => {};

  constructor() {
    const magic = drawMagic();
    const stdio = ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'] as const;
    this.child = spawn(process.execPath, [program, import.meta.resolve('brood'), String(magic)], { stdio: [...stdio] });
    const [toChild, fromChild] = this.child.stdio.slice(3) as [Socket, Socket];
    this.fromChild = fromChild;
    this.channel = new SocketChannel(toChild, fromChild, magic);
    this.ended = new Promise((resolve) => {
      this.channel.receive({
        onMessage: (head, body) => {
          this.messages.push({ head, body });
          this.#onMessage();
        },
        onEnd: (error) => {
          resolve(error);
          this.#onMessage();
        },
      });
    });
  }

  async received(count: number): Promise<void> {
    while (this.messages.length < count) {
      await new Promise<void>((resolve) => {
        this.#onMessage = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = this.child.exitCode === null && this.child.signalCode === null ? once(this.child, 'exit') : undefined;
    this.child.kill('SIGKILL');
    await exit;
    this.channel.close();
  }
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('A channel carries 100 MiB both ways, byte for byte', async () => {
  await using peer = new Peer();
  const body = randomBytes(100 * MIB);
  peer.channel.send({ do: 'echo' }, body.subarray(0, MIB), body.subarray(MIB));
  await peer.received(1);
  const [{ head, body: first } = assert.fail()] = peer.messages;
  assert.deepEqual(head, { first: { do: 'echo' } });
  assert.equal(digest(first), digest(body));
  peer.channel.send({ do: 'echo' }, body);
  await peer.received(2);
  assert.equal(digest(peer.messages[1]?.body as Buffer), digest(body));
});

test('A channel keeps the order of many small messages in both directions', async () => {
  await using peer = new Peer();
  peer.channel.send({ do: 'nothing' });
  for (let i = 0; i < 20_000; i += 1) peer.channel.send({ do: 'echo', i });
  peer.channel.send({ do: 'flood', count: 20_000 });
  await peer.received(40_001);
  assert.deepEqual(
    peer.messages.slice(1).map(({ head }) => head.i),
    Array.from({ length: 40_000 }, (_, i) => i % 20_000),
  );
});

test('A channel delivers everything when its reader stays away for a while', async () => {
  await using peer = new Peer();
  peer.channel.send({ do: 'nothing' });
  await peer.received(1);
  peer.fromChild.pause();
  peer.channel.send({ do: 'large', size: 20 * MIB });
  peer.channel.send({ do: 'flood', count: 5000 });
  await sleep(300);
  assert.equal(peer.messages.length, 1);
  peer.fromChild.resume();
  await peer.received(5002);
  assert.equal(peer.messages[1]?.body.length, 20 * MIB + 3);
  assert.equal(peer.messages[1]?.body.subarray(-3).toString(), 'end');
  assert.deepEqual(
    peer.messages.slice(2).map(({ head }) => head.i),
    Array.from({ length: 5000 }, (_, i) => i),
  );
});

test('A channel delivers everything when the child made its descriptor non-blocking', async () => {
  await using peer = new Peer();
  peer.channel.send({ do: 'nothing' });
  peer.channel.send({ do: 'non-blocking' });
  await peer.received(1);
  peer.fromChild.pause();
  peer.channel.send({ do: 'large', size: 20 * MIB });
  peer.channel.send({ do: 'flood', count: 5000 });
  await sleep(300);
  peer.fromChild.resume();
  await peer.received(5002);
  const { body } = peer.messages[1] as { body: Buffer };
  assert.equal(digest(body.subarray(0, -3)), digest(Buffer.alloc(20 * MIB, 7)));
});

test('A message whose writer is killed after any byte is not delivered, and the channel ends without an error', async () => {
  const size = 5 * MIB;
  for (const at of [0, 1, 4, 15, 16, 20, 29, 1000, MIB, size]) {
    await using peer = new Peer();
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

test('Bytes that are no message end the channel with an error, after what was whole', async () => {
  for (const garbage of ['garbage', '\0'.repeat(100), '{"do":"echo"}\n']) {
    await using peer = new Peer();
    peer.channel.send({ do: 'echo' });
    peer.channel.send({ do: 'write' }, Buffer.from(garbage));
    const error = (await peer.ended) as Error & { code: string };
    assert.equal(error.code, 'ERR_CHANNEL');
    assert.equal(peer.messages.length, 1);
    peer.channel.send({ do: 'echo' }); // Neither throws nor arrives.
  }
});

test('A channel that was closed delivers nothing more, and reports no end', async () => {
  await using peer = new Peer();
  peer.channel.send({ do: 'nothing' });
  await peer.received(1);
  peer.channel.send({ do: 'flood', count: 1000 });
  peer.channel.close();
  peer.channel.close();
  const outcome = await Promise.race([peer.ended.then(() => 'ended'), sleep(200, 'silent')]);
  assert.deepEqual([outcome, peer.messages.length], ['silent', 1]);
});

test('Sending to a child that is gone throws nothing', async () => {
  await using peer = new Peer();
  peer.child.kill('SIGKILL');
  for (let i = 0; i < 100; i += 1) peer.channel.send({ do: 'echo' }, Buffer.alloc(10_000));
  assert.equal(await peer.ended, undefined);
  peer.channel.send({ do: 'echo' });
});
