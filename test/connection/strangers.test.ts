import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect, Listener, pipe } from 'brood/connection';
import { closing } from './support.js';

test('An end of a pipe that comes to another process tree is refused there, and the connection goes on', async (t) => {
  const listener = closing(t, await Listener.listen());
  const program = fileURLToPath(new URL('../fixtures/connection/stranger.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, String(listener.address)], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const connection = closing(t, await listener.accept());
  const [end] = pipe();
  await connection.send(end);
  await connection.send('next');
  const said = await text(child.stdout);
  assert.match(said, /it belongs to another process tree.*\nnext\n/);
});

test('A connection over a socket cannot be sent, and says what can', async (t) => {
  const listener = closing(t, await Listener.listen());
  const [, accepted] = await Promise.all([listener.accept(), connect(listener.address)]);
  closing(t, accepted);
  const [a] = pipe<unknown>();
  await assert.rejects(a.send({ accepted }), { name: 'SerializationError', path: 'value.accepted', message: /pipe/ });
});
