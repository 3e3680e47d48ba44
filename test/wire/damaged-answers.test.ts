import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool, SerializationError } from 'brood';
import { currentArena } from '#dist/memory/current-arena.js';
import { KIND } from '#dist/memory/kinds.js';
import { toBytes } from '#dist/wire/bytes.js';
import { encode } from '#dist/wire/codec.js';
import { Format } from '#dist/wire/format.js';
import { answerWith } from '../fixtures/wire/damage.js';
import { identity } from '../fixtures/wire/values.js';

/** A closure, encoded, with one of its fields called something else. */
function closureWithout(field: string): Buffer {
  const factor = 2;
  const text = encode([(n: number) => n * factor], 'value').toString('latin1');
  const damaged = text.replaceAll(field, field.toUpperCase());
  assert.notEqual(damaged, text);
  return Buffer.from(damaged, 'latin1');
}

const arena = currentArena('the test');
const lock = arena.heap.lend(arena.heap.allocate(KIND.lock, 512 * 1024).life);
const bytes = arena.heap.lend(arena.heap.allocate(KIND.buffer, 512 * 1024).life);

/** A message that leaves a buffer out, and says where its bytes are. */
function leavingOut(handle: unknown, byteLength: unknown): Uint8Array {
  const standIn = {};
  const specials = [['left-out', { handle, byteLength }]];
  return toBytes(Format.parcel, { value: standIn, standIns: [standIn], specials });
}

const ANSWERS: Record<string, Uint8Array> = {
  'a closure without source': closureWithout('source'),
  'a closure without variables': closureWithout('constants'),
  'a closure without a place': closureWithout('code'),
  'a sparse array of gigabytes': Buffer.from([
    0, 0xff, 15, 0x61, 0xc0, 0x8e, 0xde, 0x0f, 0x40, 0, 0xc0, 0x8e, 0xde, 0x0f,
  ]),
  'half a value': Buffer.from([0, 0xff, 15, 0x41, 2, 0x49, 2]),
  'an unknown format': Buffer.from([99, 1, 2, 3]),
  'a large buffer that is nowhere': leavingOut([arena.id, bytes.cell + 3000, bytes.tag], 9),
  'a large buffer that was': leavingOut([arena.id, bytes.cell, bytes.tag + 2048], 9),
  'a large buffer in something else': leavingOut([arena.id, lock.cell, lock.tag], 9),
  'a large buffer larger than its block': leavingOut([arena.id, bytes.cell, bytes.tag], 512 * 1024 + 1),
  'a large buffer of no size': leavingOut([arena.id, bytes.cell, bytes.tag], Number.NaN),
  'a large buffer at half a place': leavingOut([arena.id, bytes.cell + 0.5, bytes.tag], 9),
  'a large buffer of another tree': leavingOut([arena.id + 1, bytes.cell, bytes.tag], 9),
  'a large buffer without a place': leavingOut(undefined, 9),
  'a parcel that is none': Buffer.from([1, 0xff, 15, 0x5f]),
};

for (const [name, bytes] of Object.entries(ANSWERS)) {
  test(`A worker that answers with ${name} is lost; its pool goes on with another`, async () => {
    const pool = new Pool(1);
    await pool.apply(identity, [0]);
    const [pid] = pool.workerPids;
    const others = pool.map(identity, [1, 2, 3]);
    await assert.rejects(pool.apply(answerWith, [bytes]), (error) => error instanceof SerializationError);
    assert.deepEqual(await others, [1, 2, 3]);
    assert.equal(await pool.apply(identity, ['after']), 'after');
    assert.ok(!pool.workerPids.includes(pid as number));
    assert.equal(pool.statistics().lost, 1);
    pool.close();
    await pool.join();
  });
}
