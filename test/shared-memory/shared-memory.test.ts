import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ShareableList } from '#dist/shared-memory/shareable-list.js';
import { SharedMemory } from '#dist/shared-memory/shared-memory.js';
import { until } from '../pool/support.js';
import type { Message } from '../support/children.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { encode, startPart } from '../support/shared.js';

const program = new URL('./shared-memory.child.js', import.meta.url).href;
const uniqueName = (): string => `brood-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
const leftovers = (part: string): string[] => readdirSync('/dev/shm').filter((name) => name.includes(part));

test('SharedMemory: create, attach, unlink, close, and the codes of what goes wrong', () => {
  const name = uniqueName();
  using first = new SharedMemory({ name, create: true, size: 1000 });
  assert.equal(first.size, 1000);
  first.buf[3] = 33;
  using second = new SharedMemory({ name });
  assert.equal(second.buf[3], 33);
  assert.throws(() => new SharedMemory({ name, create: true, size: 10 }), { code: 'EEXIST', name: 'SystemError' });
  assert.equal(second.buf[3], 33);
  first.unlink();
  assert.throws(() => first.unlink(), { code: 'ENOENT' });
  assert.throws(() => new SharedMemory({ name }), { code: 'ENOENT' });
  second.buf[3] = 44;
  assert.equal(first.buf[3], 44);
  const view = first.buf;
  first.close();
  first.close();
  assert.throws(() => first.buf, { name: 'StateError' });
  assert.equal(view[3], 0);
  view[3] = 1;
  assert.equal(second.buf[3], 44);
  assert.throws(() => new SharedMemory({ create: true, size: 0 }), RangeError);
  assert.throws(() => new SharedMemory({ name: 'a/b' }), RangeError);
  assert.throws(() => new SharedMemory({ name: 'x'.repeat(256) }), RangeError);
  assert.deepEqual(leftovers(name), []);
});

test('ShareableList: every kind of item comes back byte for byte, and may be replaced by one that fits', () => {
  const items = [
    1.5,
    -0,
    Number.NaN,
    7n,
    true,
    false,
    null,
    'äöü€',
    '\0tail\0',
    '\ud800',
    new Uint8Array([1, 0, 0]),
    '',
  ];
  const list = new ShareableList<unknown>(items, { name: uniqueName() });
  try {
    assert.deepEqual([...list], items);
    const same = new ShareableList<unknown>(undefined, { name: list.shm.name });
    assert.deepEqual([...same], items);
    assert.equal(same.length, items.length);
    assert.equal(list.at(-1), '');
    list.set(0, 'acht Byt');
    assert.equal(same.at(0), 'acht Byt');
    assert.throws(() => list.set(0, 'neun Byte'), RangeError);
    assert.throws(() => list.set(0, 2n ** 63n), RangeError);
    assert.throws(() => list.set(0, {}), TypeError);
    assert.throws(() => list.at(items.length), RangeError);
    assert.equal(list.count(true), 1);
    assert.equal(list.indexOf(null), 6);
    assert.equal(list.indexOf('nowhere'), -1);
    same.shm.close();
    assert.throws(() => same.at(0), { name: 'StateError' });
  } finally {
    list.shm.unlink();
    list.shm.close();
  }
});

test('SharedMemory and ShareableList: a child gets them by name', async () => {
  const shm = new SharedMemory({ create: true, size: 100 });
  const list = new ShareableList<unknown>([1, 'eins zwei drei', 3n]);
  const child = startPart(program, 'attach', { shm, list });
  assert.deepEqual(await child.hear(), ['1', 'kurz', '3']);
  assert.equal(shm.buf[5], 55);
  assert.equal(list.at(1), 'kurz');
  shm.unlink();
  list.shm.unlink();
});

test('SharedMemory: the name goes when its creator is killed, and stays if untracked', async () => {
  for (const track of [true, false]) {
    const name = uniqueName();
    const child = startPart(program, 'create', { name, track });
    await child.hear();
    using mine = new SharedMemory({ name });
    await child.kill();
    if (track) await until(() => leftovers(name).length === 0);
    else {
      await sleep(300);
      assert.equal(existsSync(`/dev/shm/${name}`), true);
      mine.unlink();
    }
    assert.equal(mine.buf[0], 1);
  }
});

test('SharedMemory: killed at any instant of making names, nothing is left, nor taken from others', async () => {
  const prefix = uniqueName();
  const random = createRandom(seed);
  /** Those that somebody had made when a child was killed. */
  const drafts = new Set<string>();
  using bystander = new SharedMemory({ name: `${prefix}-mine`, create: true, size: 10 });
  for (let n = 0, kills = scaled(10); n < kills; n += 1) {
    const child = startPart(program, 'churn', { prefix });
    await child.hear();
    await sleep(random() * 30);
    await child.kill();
    for (const name of leftovers('.brood_')) drafts.add(name);
    await until(() => leftovers(prefix).length <= 1);
    assert.deepEqual(leftovers(prefix), [`${prefix}-mine`]);
  }
  // Drafts of others come and go.
  await until(() => leftovers('.brood_').every((name) => !drafts.has(name)));
  bystander.unlink();
});

test('SharedMemory: where /dev/shm is full, or a limit forbids, creation is an error and nothing is left', () => {
  const child = fileURLToPath(new URL('./shared-memory.child.js', import.meta.url));
  const run = (before: string, size: number): Message => {
    const input = JSON.stringify({ part: 'full', input: encode({ size }) });
    return JSON.parse(
      execFileSync('unshare', ['-rm', 'sh', '-c', `${before} && exec "$0" "$1" "$2"`, process.execPath, child, input], {
        encoding: 'utf8',
      }),
    );
  };
  const full = run('mount -t tmpfs -o size=1m tmpfs /dev/shm', 2 ** 21);
  assert.equal(full.code, 'ENOSPC');
  assert.match(full.message, /^Cannot reserve 2097152 bytes of shared memory: /);
  assert.equal(run('ulimit -f 100', 2 ** 21).code, 'EFBIG');
});
