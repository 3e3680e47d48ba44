import assert from 'node:assert/strict';
import { fstatSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { currentArena } from '#dist/memory/current-arena.js';
import { share } from '#dist/shared-memory/share.js';
import { decode, encode, startPart } from '../support/shared.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const program = new URL('./share.child.js', import.meta.url).href;
const arena = currentArena('the test');
const residentBytes = (): number => fstatSync(arena.descriptor).blocks * 512;

/** Lets the collector find what is unreachable, and finalizers run. */
async function settle(isSettled: () => boolean): Promise<void> {
  for (let n = 0; n < 50 && !isSettled(); n += 1) {
    collect();
    await sleep(10);
  }
}

test('share: the copy has the same class and content, also of a part', () => {
  const source = new Float32Array([1, 2, 3, 4]);
  const copy = share(source.subarray(1, 3));
  assert.ok(copy instanceof Float32Array);
  assert.deepEqual([...copy], [2, 3]);
  assert.equal(share(copy), copy);
  assert.ok(Buffer.isBuffer(share(Buffer.from('abc'))));
  assert.equal(share(Buffer.from('abc')).toString(), 'abc');
  assert.equal(share(new Uint8Array([5]).buffer).byteLength, 1);
  assert.equal(share(new Uint8Array(0)).length, 0);
  assert.equal(share(new DataView(new ArrayBuffer(8), 2, 4)).byteLength, 4);
});

test('share: a view cut in one child is the same memory in another, and here', async () => {
  const whole = share(new Uint8Array(1e6).fill(1));
  const cutter = startPart(program, 'cut', { view: whole });
  const { cut } = decode(await cutter.hear());
  assert.equal(cut.buffer, whole.buffer);
  assert.equal(cut.byteOffset, 10);
  const writer = startPart(program, 'write', { view: cut });
  await writer.hear();
  assert.equal(whole[10], 42);
  assert.equal(whole[9], 1);
});

test('share: memory lives as long as any process holds a view of it, and not longer', async () => {
  const before = residentBytes();
  const keeper = startPart(program, 'keep', {});
  assert.equal(await keeper.hear(), 'ready');
  // The sender lets go while the message is under way.
  (() => keeper.say(encode(share(new Uint8Array(32 * 2 ** 20).fill(3)).subarray(5))))();
  await keeper.hear();
  await settle(() => false);
  assert.ok(residentBytes() - before > 30e6);
  keeper.say('sum');
  assert.equal(await keeper.hear(), 3 * (32 * 2 ** 20 - 5));
  keeper.say('drop');
  await keeper.hear();
  await settle(() => residentBytes() - before < 1e6);
  assert.ok(residentBytes() - before < 1e6, `${residentBytes() - before}`);
  await keeper.kill();
});

test('share: what only a killed child held is taken back', async () => {
  const before = residentBytes();
  const child = startPart(program, 'hoard', { count: 20 });
  await child.hear();
  assert.ok(residentBytes() - before > 18e6);
  await child.kill();
  arena.reap();
  assert.ok(residentBytes() - before < 2e6);
});
