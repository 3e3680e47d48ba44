import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requireNative } from '#dist/os/native/native.js';

const { descriptors } = requireNative('the test');
const file = fileURLToPath(import.meta.url);
const countDescriptors = (): number => readdirSync('/proc/self/fd').length;

test('What is left in a box is a descriptor of its own for the same file', () => {
  using box = descriptors.openBox(`brood-test-${process.pid}-a`);
  const fd = openSync(file, 'r');
  assert.ok(descriptors.leave(`brood-test-${process.pid}-a`, 'note', fd));
  const copy = box.take('note') as number;
  assert.notEqual(copy, fd);
  assert.equal(fstatSync(copy).ino, fstatSync(fd).ino);
  closeSync(fd);
  assert.equal(readSync(copy, Buffer.alloc(6)), 6);
  closeSync(copy);
  assert.equal(box.take('note'), undefined);
});

test('Descriptors with other notes, and those that nobody takes, are closed', () => {
  const before = countDescriptors();
  const fd = openSync(file, 'r');
  const name = `brood-test-${process.pid}-b`;
  const box = descriptors.openBox(name);
  for (const note of ['other', '', 'x'.repeat(64), 'mine', 'late']) assert.ok(descriptors.leave(name, note, fd));
  closeSync(box.take('mine') as number);
  box[Symbol.dispose]();
  closeSync(fd);
  assert.equal(countDescriptors(), before);
  assert.equal(descriptors.leave(name, 'mine', 0), false);
});

test('A box that is full, or was never opened, takes nothing and holds nobody up', () => {
  const name = `brood-test-${process.pid}-c`;
  assert.equal(descriptors.leave(name, 'note', 0), false);
  using _box = descriptors.openBox(name);
  let count = 0;
  while (count < 100_000 && descriptors.leave(name, 'note', 0)) count += 1;
  assert.ok(count > 0 && count < 100_000, `${count}`);
});
