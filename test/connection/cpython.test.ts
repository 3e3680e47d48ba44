import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Address, AuthenticationError, type Connection, connect, Listener } from 'brood/connection';
import { findPythons, type Python, PythonPeer } from './python.js';
import { closing } from './support.js';

const SIZES = [0, 1, 64 * 1024, 32 * 2 ** 20];
const TCP: Address = { host: '127.0.0.1', port: 0 };

const pythons = findPythons();
if (pythons.length === 0)
  test('a CPython on the other side', { skip: 'there is no python3 on this machine' }, () => {});

function unixAddress(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'brood-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'socket');
}

async function exchange(connection: Connection): Promise<void> {
  for (const size of SIZES) {
    const bytes = new Uint8Array(size).map((_, n) => n * 7);
    const [received] = await Promise.all([connection.recvBytes(), connection.sendBytes(bytes)]);
    assert.ok(Buffer.from(bytes).equals(received), `${size} bytes`);
  }
  connection.close();
}

const optional = (authKey: string | null): { authKey?: string } => (authKey === null ? {} : { authKey });

async function listening(peer: PythonPeer): Promise<Address> {
  const said = await peer.hear();
  assert.equal(said?.event, 'listening');
  return said?.address as Address;
}

for (const python of pythons) both(python);

/** Before 3.12 an empty key was none. */
function keysOf({ version }: Python): ReadonlyArray<string | null> {
  return Number(version.split('.')[1]) < 12 ? ['secret', null] : ['secret', '', null];
}

function both(python: Python): void {
  for (const key of keysOf(python)) {
    const how = key === null ? 'without a key' : `with key "${key}"`;

    for (const [kind, place] of [
      ['TCP', () => TCP],
      ['a Unix socket', unixAddress],
    ] as const) {
      test(`CPython ${python.version} connects here over ${kind} ${how}, and 0 bytes to 32 MiB cross both ways`, async (t) => {
        const listener = closing(t, await Listener.listen({ address: place(t), ...optional(key) }));
        const peer = new PythonPeer(t, python, 'connect', listener.address, key);
        const connection = await listener.accept();
        assert.equal((await peer.hear())?.event, 'connected');
        await exchange(connection);
        assert.deepEqual(await peer.hear(), { event: 'eof', count: SIZES.length });
      });

      test(`CPython ${python.version} is connected to over ${kind} ${how}, and 0 bytes to 32 MiB cross both ways`, async (t) => {
        const peer = new PythonPeer(t, python, 'listen', place(t), key);
        const connection = closing(t, await connect(await listening(peer), optional(key)));
        assert.equal((await peer.hear())?.event, 'connected');
        await exchange(connection);
        assert.deepEqual(await peer.hear(), { event: 'eof', count: SIZES.length });
      });
    }
  }

  test(`CPython ${python.version} with a wrong key is rejected here, and the listener accepts the next`, async (t) => {
    const listener = closing(t, await Listener.listen({ address: TCP, authKey: 'right' }));
    const wrong = new PythonPeer(t, python, 'connect', listener.address, 'wrong');
    await assert.rejects(listener.accept(), { name: 'AuthenticationError', message: /digest received was wrong/ });
    assert.deepEqual(await wrong.hear(), {
      event: 'error',
      type: 'AuthenticationError',
      text: 'digest sent was rejected',
    });
    const right = new PythonPeer(t, python, 'connect', listener.address, 'right');
    await exchange(await listener.accept());
    assert.equal((await right.hear())?.event, 'connected');
  });

  test(`CPython ${python.version} rejects our wrong key, and accepts the next`, async (t) => {
    const peer = new PythonPeer(t, python, 'listen', TCP, 'right');
    const address = await listening(peer);
    await assert.rejects(connect(address, { authKey: 'wrong' }), {
      name: 'AuthenticationError',
      message: /digest sent was rejected/,
    });
    assert.deepEqual(await peer.hear(), {
      event: 'error',
      type: 'AuthenticationError',
      text: 'digest received was wrong',
    });
    await exchange(await connect(address, { authKey: 'right' }));
  });

  test(`CPython ${python.version} without a key is not let in here by its first message`, async (t) => {
    const listener = closing(t, await Listener.listen({ address: TCP, authKey: 'right' }));
    const peer = new PythonPeer(t, python, 'connect', listener.address, null);
    assert.equal((await peer.hear())?.event, 'connected');
    // It sends our challenge back, as it does with any message.
    await assert.rejects(listener.accept(), AuthenticationError);
  });

  test(`CPython ${python.version} with a key does not let us in without one`, async (t) => {
    const peer = new PythonPeer(t, python, 'listen', TCP, 'right');
    const connection = closing(t, await connect(await listening(peer)));
    await connection.recvBytes();
    await connection.sendBytes(Buffer.from('let me in'));
    assert.equal((await peer.hear())?.type, 'AuthenticationError');
  });
}
