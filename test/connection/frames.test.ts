import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameHeader, Inbox } from '#dist/connection/message-frame.js';
import { createRandom } from '../support/random.js';
import { seed } from '../support/seed.js';

test('headers are those of CPython', () => {
  assert.equal(frameHeader(0).toString('hex'), '00000000');
  assert.equal(frameHeader(0x7fffffff).toString('hex'), '7fffffff');
  assert.equal(frameHeader(0x80000000).toString('hex'), 'ffffffff0000000080000000');
});

test('messages come out as they went in, however the bytes are cut', () => {
  const random = createRandom(seed);
  for (let round = 0; round < 300; round += 1) {
    const sent = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
      Buffer.alloc(Math.floor(random() ** 3 * 40_000), Math.floor(random() * 256)),
    );
    const stream = Buffer.concat(sent.flatMap((message) => [frameHeader(message.byteLength), message]));
    const inbox = new Inbox();
    const received: Uint8Array[] = [];
    for (let at = 0; at < stream.byteLength; ) {
      const end = Math.min(stream.byteLength, at + 1 + Math.floor(random() ** 2 * 9000));
      inbox.add(stream.subarray(at, end));
      at = end;
      for (let message = inbox.tryTake(1e6); message !== undefined; message = inbox.tryTake(1e6))
        received.push(message);
    }
    assert.deepEqual(
      received.map((bytes) => Buffer.from(bytes)),
      sent,
    );
    assert.equal(inbox.isInsideMessage, false);
  }
});

test('a message that is cut at any byte never comes out', () => {
  const stream = Buffer.concat([frameHeader(20), Buffer.alloc(20, 1)]);
  for (let length = 0; length < stream.byteLength; length += 1) {
    const inbox = new Inbox();
    inbox.add(stream.subarray(0, length));
    assert.equal(inbox.tryTake(1e6), undefined);
    assert.equal(inbox.isInsideMessage, length > 0);
  }
});

test('a message in a long frame comes out', () => {
  const inbox = new Inbox();
  inbox.add(Buffer.from('ffffffff0000000000000003616263', 'hex'));
  assert.deepEqual(inbox.tryTake(10), new Uint8Array([97, 98, 99]));
});

test('a giant length costs nothing but an error', () => {
  const inbox = new Inbox();
  inbox.add(Buffer.from('ffffffff7fffffffffffffff', 'hex'));
  assert.throws(() => inbox.tryTake(Number.POSITIVE_INFINITY), { code: 'ERR_MESSAGE_TOO_LONG' });
});

test('what is no header is an error', () => {
  const inbox = new Inbox();
  inbox.add(Buffer.from('fffffffe00000000', 'hex'));
  assert.throws(() => inbox.tryTake(10), { code: 'ERR_BAD_MESSAGE' });
});

test('what was read and belongs to no message yet can be handed on', () => {
  const inbox = new Inbox();
  inbox.add(Buffer.concat([frameHeader(10), Buffer.from('0123')]));
  assert.equal(inbox.tryTake(100), undefined);
  const other = new Inbox();
  other.add(inbox.takeAll());
  other.add(Buffer.from('456789'));
  assert.equal(Buffer.from(other.tryTake(100) ?? []).toString(), '0123456789');
});
