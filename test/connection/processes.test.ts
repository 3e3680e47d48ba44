import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from 'brood';
import { BrokenPipeError, type Connection, EOFError, pipe } from 'brood/connection';
import * as ends from '../fixtures/connection/ends.js';
import { startProcess } from './support.js';

test('A child has the end that it was given, although its parent closed its own at once', async (t) => {
  const [here, there] = pipe<string>();
  const child = startProcess(t, ends.echo, [there]);
  there.close();
  for (const word of ['one', 'two']) {
    await here.send(word);
    assert.equal(await here.recv(), word);
  }
  here.close();
  await child.join();
  assert.equal(child.exitCode, 0);
});

test('The end of file comes when the child that had the other end is killed', async (t) => {
  const [here, there] = pipe<string>();
  const child = startProcess(t, ends.keep, [there]);
  there.close();
  assert.equal(await here.recv(), 'up');
  const pending = here.recv();
  child.kill();
  await assert.rejects(pending, EOFError);
  await assert.rejects(here.send('?'), BrokenPipeError);
});

test('The end of file comes when the child closes its end and lives on', async (t) => {
  const [here, there] = pipe<string>();
  const child = startProcess(t, ends.closeAndStay, [there]);
  there.close();
  assert.equal(await here.recv(), 'up');
  await assert.rejects(here.recv(), EOFError);
  assert.ok(child.isAlive());
});

test('The end of file comes when a child that never looked at its arguments is killed', async (t) => {
  const [here, there] = pipe<string>();
  const child = startProcess(t, ends.keep, [there]);
  there.close();
  child.kill();
  await child.join();
  const seen: string[] = [];
  for await (const word of here) seen.push(word);
  assert.ok(seen.length <= 1);
});

test('An end that several processes have is gone with the last of them', async (t) => {
  const [here, there] = pipe<string>();
  const first = startProcess(t, ends.keep, [there]);
  const second = startProcess(t, ends.keep, [there]);
  there.close();
  assert.deepEqual([await here.recv(), await here.recv()], ['up', 'up']);
  first.kill();
  await first.join();
  assert.equal(await here.poll(50), false);
  const pending = here.recv();
  second.kill();
  await assert.rejects(pending, EOFError);
});

test('A send that waits for room rejects with BrokenPipeError when the reader is killed', async (t) => {
  const [here, there] = pipe<string>();
  const child = startProcess(t, ends.keep, [there]);
  there.close();
  assert.equal(await here.recv(), 'up');
  const sends = Promise.allSettled(Array.from({ length: 10_000 }, () => here.send('fill')));
  child.kill();
  const outcomes = await sends;
  const last = outcomes.at(-1);
  assert.ok(last?.status === 'rejected' && last.reason instanceof BrokenPipeError);
});

test('What a process sent is received after it has ended', async (t) => {
  const [here, there] = pipe<string>();
  const child = startProcess(t, ends.sendOne, [there, 'last words'.repeat(1000)]);
  there.close();
  await child.join();
  assert.equal(await here.recv(), 'last words'.repeat(1000));
  await assert.rejects(here.recv(), EOFError);
});

test('Ends travel as arguments and results of tasks', async () => {
  await using pool = new Pool(1);
  const [here, there] = pipe<number>();
  const answered = pool.apply(ends.answer, [there]);
  there.close();
  await here.send(41);
  assert.equal(await here.recv(), 42);
  assert.equal(await answered, 'answered');
  await assert.rejects(here.recv(), EOFError);
  const end = await pool.apply(ends.openPipe);
  assert.equal(await end.recv(), 'from the worker');
  await assert.rejects(end.recv(), EOFError);
});

test('An end that was passed from process to process works when those are gone', async (t) => {
  const [toChild, fromHere] = pipe<Connection>();
  const [fromChild, toHere] = pipe<{ inside: Connection[] }>();
  const child = startProcess(t, ends.passOn, [fromHere, toHere]);
  const [a, b] = pipe<string>();
  await toChild.send(b);
  b.close();
  await child.join();
  const { inside } = await fromChild.recv();
  await inside[0]?.send('around the tree');
  assert.equal(await a.recv(), 'around the tree');
  for (const end of inside) end.close();
  await assert.rejects(a.recv(), EOFError);
});

test('Several processes send and receive at the same ends: each message once, in order per sender', async (t) => {
  const [reader, writer] = pipe<number>({ duplex: false });
  const [report, reporter] = pipe<number[]>({ duplex: false });
  const COUNT = 2000;
  const producers = [1, 2].map((n) => startProcess(t, ends.produce, [writer, n * 1e6, COUNT]));
  const consumers = [1, 2].map(() => startProcess(t, ends.collect, [reader, reporter]));
  writer.close();
  reader.close();
  reporter.close();
  const lists = [await report.recv(), await report.recv()];
  for (const list of lists) {
    for (const sender of [1, 2]) {
      const own = list.filter((item) => Math.floor(item / 1e6) === sender);
      assert.deepEqual(
        own,
        [...own].sort((x, y) => x - y),
      );
    }
  }
  const expected = [1, 2].flatMap((n) => Array.from({ length: COUNT }, (_, i) => n * 1e6 + i));
  assert.deepEqual(
    lists.flat().sort((x, y) => x - y),
    expected,
  );
  for (const child of [...producers, ...consumers]) {
    await child.join();
    assert.equal(child.exitCode, 0);
  }
});

test('Messages of a sender that is killed again and again are whole, and the pipe goes on', async (t) => {
  const [here, there] = pipe();
  const [others, far] = pipe<string>();
  const echo = startProcess(t, ends.echo, [far]);
  far.close();
  for (let round = 0; round < 6; round += 1) {
    const child = startProcess(t, ends.sendForever, [there]);
    let before: number | undefined;
    for (let n = 0; n < 40 + round * 7; n += 1) {
      const bytes = await here.recvBytes();
      const byte = bytes[0];
      assert.ok(bytes.every((it) => it === byte));
      if (before !== undefined && bytes.byteLength > 1) assert.equal(byte, (before + 1) % 251);
      before = byte;
    }
    child.kill();
    await child.join();
    while (await here.poll()) {
      const bytes = await here.recvBytes();
      assert.ok(bytes.every((it) => it === bytes[0]));
    }
    await others.send(`round ${round}`);
    assert.equal(await others.recv(), `round ${round}`);
  }
  others.close();
  await echo.join();
  there.close();
  await assert.rejects(here.recv(), EOFError);
});
