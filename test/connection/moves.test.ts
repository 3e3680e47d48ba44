import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, Queue, StateError } from 'brood';
import { type Address, type Connection, connect, EOFError, Listener, pipe } from 'brood/connection';
import * as ends from '../fixtures/connection/ends.js';
import { LIMIT, until } from '../pool/support.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { closing, startProcess } from './support.js';

const TCP: Address = { host: '127.0.0.1', port: 0 };

/** The peer, and the connection that goes elsewhere. */
async function connectedPair<T>(t: TestContext, address?: Address): Promise<[Connection<T>, Connection<T>]> {
  const listener = await Listener.listen(address === undefined ? {} : { address });
  const [near, far] = await Promise.all([connect<T>(listener.address), listener.accept<T>()]);
  listener.close();
  return [closing(t, near), closing(t, far)];
}

for (const [kind, address] of [
  ['Unix', undefined],
  ['TCP', TCP],
] as const) {
  test(`A connection over a ${kind} socket goes on in the child that is given it, with what had arrived before`, async (t) => {
    const [peer, accepted] = await connectedPair<string>(t, address);
    const words = ['one', 'x'.repeat(50_000), 'y'.repeat(500_000), 'four'];
    const sent = Promise.all(words.map((word) => peer.send(word)));
    assert.ok(await accepted.poll(LIMIT));
    const child = startProcess(t, ends.echo, [accepted]);
    accepted.close();
    for (const word of words) assert.equal(await peer.recv(), word);
    await sent;
    peer.close();
    await child.join();
    assert.equal(child.exitCode, 0);
  });
}

test('What was sent before a connection goes elsewhere arrives before what is sent there', async (t) => {
  const [peer, accepted] = await connectedPair<string>(t);
  const large = 'z'.repeat(3_000_000);
  const sent = accepted.send(large);
  startProcess(t, ends.keep, [accepted]);
  assert.equal(await peer.recv(), large);
  await sent;
  assert.equal(await peer.recv(), 'up');
});

test('Where a connection came from it is closed, and a pending call rejects with a StateError', async (t) => {
  const [peer, accepted] = await connectedPair<string>(t);
  const pending = assert.rejects(accepted.recv(), StateError);
  startProcess(t, ends.keep, [accepted]);
  assert.equal(await peer.recv(), 'up');
  await pending;
  assert.ok(accepted.closed);
});

test('The peer sees the end of file when the process that has the connection is killed', async (t) => {
  const [peer, accepted] = await connectedPair<string>(t);
  const child = startProcess(t, ends.keep, [accepted]);
  assert.equal(await peer.recv(), 'up');
  const pending = peer.recv();
  child.kill();
  await assert.rejects(pending, EOFError);
});

test('The peer sees the end of file when the child for which it was meant is killed before it comes for it', async (t) => {
  const [peer, accepted] = await connectedPair<string>(t);
  const child = startProcess(t, ends.keep, [accepted]);
  child.kill();
  accepted.close();
  await child.join();
  const seen: string[] = [];
  for await (const word of peer) seen.push(word);
  assert.ok(seen.length <= 1);
});

test('Connections travel as arguments and results of tasks', async (t) => {
  await using pool = new Pool(1);
  const listener = closing(t, await Listener.listen());
  const [result, accepted] = await Promise.all([
    pool.apply(ends.connectFor, [listener.address]),
    listener.accept<number>(),
  ]);
  const fetched = closing(t, result);
  const answered = pool.apply(ends.answer, [accepted]);
  await fetched.send(1);
  assert.equal(await fetched.recv(), 2);
  assert.equal(await answered, 'answered');
  await assert.rejects(fetched.recv(), EOFError);
});

test('Connections travel through queues, pipes and connections, also back to where they came from', async (t) => {
  const [peer, accepted] = await connectedPair<string>(t);
  const queue = new Queue<Connection<string>>();
  await queue.put(accepted);
  const fromQueue = closing(t, await queue.get());
  const [a, b] = pipe<{ inside: Connection<string> }>();
  await a.send({ inside: fromQueue });
  const { inside } = await b.recv();
  const [c, d] = await connectedPair<Connection<string>>(t);
  await c.send(inside);
  const last = closing(t, await d.recv());
  await last.send('here');
  assert.equal(await peer.recv(), 'here');
  assert.deepEqual([accepted.closed, fromQueue.closed, inside.closed], [true, true, true]);
});

test('Of two that are sent the same connection the first has it, the other gets a StateError', async (t) => {
  const [peer, accepted] = await connectedPair<string>(t);
  const [a, b] = pipe<Connection<string>>();
  await a.send(accepted);
  await a.send(accepted);
  const first = closing(t, await b.recv());
  await assert.rejects(b.recv(), { name: 'StateError', message: /received elsewhere/ });
  await first.send('mine');
  assert.equal(await peer.recv(), 'mine');
});

test('A connection stays where it is when its message cannot be sent, or nobody receives it', async (t) => {
  const [peer, accepted] = await connectedPair<string>(t);
  const [a, b] = pipe<unknown>();
  await assert.rejects(a.send([accepted, Symbol('no')]), { name: 'SerializationError', path: 'value[1]' });
  await a.send(accepted);
  b.close();
  await accepted.send('still here');
  assert.equal(await peer.recv(), 'still here');
  accepted.close();
  await assert.rejects(peer.recv(), EOFError);
});

test('When its owner is killed before anybody came for a connection, it is gone for both sides', async (t) => {
  const listener = closing(t, await Listener.listen());
  const queue = new Queue<Connection>();
  const child = startProcess(t, ends.offer, [listener.address, queue]);
  const peer = closing(t, await listener.accept());
  while (queue.empty()) await sleep(5);
  child.kill();
  await child.join();
  await assert.rejects(queue.get(), { name: 'StateError', message: /process that sent it has ended/ });
  await assert.rejects(peer.recv(), EOFError);
});

test('Killed anywhere on the way, receivers lose only what they had, and no descriptor stays', async (t) => {
  const random = createRandom(seed);
  const queue = new Queue<Connection<string>>();
  const listener = closing(t, await Listener.listen());
  const countDescriptors = (): number => readdirSync('/proc/self/fd').length;
  let before = 0;
  for (let round = 0; round < scaled(5); round += 1) {
    const child = startProcess(t, ends.fetchForever, [queue]);
    const peers: Connection<string>[] = [];
    const isFirst = (): boolean => peers.length === 0;
    const count = 2 + Math.floor(random() * 6);
    for (let n = 0; n < count; n += 1) {
      const [peer, accepted] = await Promise.all([connect<string>(listener.address), listener.accept<string>()]);
      await queue.put(accepted);
      accepted.close();
      if (isFirst()) assert.equal(await peer.recv(), 'got');
      peers.push(peer);
      await sleep(random() * 2);
    }
    child.kill();
    await child.join();
    // What it did not take is still there for others; the rest is at its end.
    while (!queue.empty())
      await queue.get().then(
        (it) => it.close(),
        () => {},
      );
    for (const peer of peers) {
      for await (const word of peer) assert.equal(word, 'got');
      peer.close();
    }
    if (round > 0)
      await until(() => countDescriptors() <= before + 2, LIMIT, `no more than ${before} descriptors, and two`);
    else {
      await sleep(20);
      before = countDescriptors();
    }
  }
});
