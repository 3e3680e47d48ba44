import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Barrier, Lock, Queue, share, Value } from 'brood';
import { Listener, pipe } from 'brood/connection';
import { closing } from './support.js';

test('What belongs to one process tree is refused in another, and the connection goes on', async (t) => {
  const listener = closing(t, await Listener.listen());
  const program = fileURLToPath(new URL('../fixtures/connection/stranger.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, String(listener.address)], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const connection = closing(t, await listener.accept());
  const [end] = pipe();
  const shared = [
    end,
    new Lock(),
    new Queue(),
    new Barrier(2),
    new Value('i32', 0),
    share(new Uint8Array(8)),
    connection,
  ];
  for (const value of shared) await connection.send(value);
  await connection.send('next');
  const said = (await text(child.stdout)).split('\n');
  assert.deepEqual(said.splice(shared.length), ['next', '']);
  for (const line of said) assert.match(line, /it belongs to another process tree/);
});
