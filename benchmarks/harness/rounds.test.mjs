import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRounds } from './rounds.mjs';

const program = (name, source) => ({ name, command: (size) => [process.execPath, '-e', source, ...size.map(String)] });
const run = (parties, rounds) => runRounds(parties, { rounds, size: [6, 7], environment: process.env });

test('runRounds() gives programs the size, and takes the last line they print', async () => {
  const source = 'console.log("ready"); console.log(process.argv[1] * process.argv[2])';
  const [result] = await run([program('product', source)], 2);
  assert.deepEqual([result.values, result.median], [[42, 42], 42]);
});

test('runRounds() measures in turn', async () => {
  const order = [];
  const party = (name) => ({
    ...program(name, 'console.log(1)'),
    get command() {
      order.push(name);
      return () => [process.execPath, '-e', 'console.log(1)'];
    },
  });
  await run([party('a'), party('b')], 2);
  assert.deepEqual(order, ['a', 'b', 'a', 'b']);
});

test('runRounds() says what is missing or failed, and has no figure for it', async () => {
  const [missing, failed, silent] = await run(
    [
      program('missing', 'console.log("missing that")'),
      program('failed', 'console.log(1); console.error("because"); process.exit(3)'),
      program('silent', ''),
    ],
    1,
  );
  assert.deepEqual([missing.missing, missing.median], ['that', undefined]);
  assert.match(failed.failure, /ended with 3.*because/s);
  assert.match(silent.failure, /ended with 0/);
  assert.deepEqual([failed.median, silent.median], [undefined, undefined]);
});
