import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Process, type ProcessOptions } from 'brood';
import { describeSurroundings, forever, hoard, nothing } from '../fixtures/process/targets.js';
import { runToEnd, start, startUp } from './child.js';

interface Surroundings {
  cwd: string;
  env: Record<string, string>;
  execArgv: string[];
  argv: string[];
  niceness: number;
}

test('A child has the working directory, environment and arguments of Node of its parent', async (t) => {
  process.env.SAMPLE = 'ä = 1';
  t.after(() => {
    delete process.env.SAMPLE;
  });
  const { said } = await runToEnd(t, { target: describeSurroundings });
  const { cwd, env, execArgv, argv } = said[0] as Surroundings;
  assert.equal(cwd, process.cwd());
  assert.equal(env.SAMPLE, 'ä = 1');
  assert.equal(env.PATH, process.env.PATH);
  assert.ok(!execArgv.some((arg) => arg.startsWith('--test')), `${execArgv}`);
  assert.equal(argv.length, 2);
});

test('cwd, env, execArgv and niceness are those of the options', async (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'brood with blanks ü-')));
  t.after(() => rmSync(folder, { recursive: true }));
  const { said } = await runToEnd(t, {
    target: describeSurroundings,
    cwd: folder,
    env: { ONLY: 'this', ABSENT: undefined },
    execArgv: ['--max-old-space-size=99'],
    niceness: Math.min(19, getPriority() + 3),
  });
  const { cwd, env, execArgv, niceness } = said[0] as Surroundings;
  assert.equal(cwd, folder);
  assert.equal(env.ONLY, 'this');
  assert.ok(!('ABSENT' in env) && !('PATH' in env));
  assert.deepEqual(execArgv, ['--max-old-space-size=99']);
  assert.equal(niceness, Math.min(19, getPriority() + 3));
});

test('A process above its memoryLimit is killed', async (t) => {
  const { child } = start(t, { target: hoard, args: [1 << 30], memoryLimit: 200 * 2 ** 20 });
  await child.join();
  assert.equal(child.exitCode, -9);
});

test('A process below its memoryLimit is left alone', async (t) => {
  const { child } = await startUp(t, { target: hoard, args: [1 << 24], memoryLimit: 2 ** 30 });
  assert.equal(await child.join(100), false);
});

test('The constructor throws for options that cannot be, and starts nothing', () => {
  const cases: Array<[object, new () => Error, RegExp]> = [
    [{ target: 'resize' }, TypeError, /target.*string is no function/],
    [{ target: null }, TypeError, /target/],
    [{ target: nothing, args: 'one' }, TypeError, /args.*string.*array/],
    [{ name: 7 }, TypeError, /name.*number.*string/],
    [{ stdio: 'files' }, TypeError, /stdio.*files.*inherit, pipe or ignore/],
    [{ cwd: '/no/such/folder' }, TypeError, /cwd.*\/no\/such\/folder/],
    [{ execArgv: '--expose-gc' }, TypeError, /execArgv/],
    [{ niceness: 20 }, RangeError, /niceness.*20/],
    [{ niceness: 1.5 }, RangeError, /niceness/],
    [{ memoryLimit: 0 }, RangeError, /memoryLimit/],
    [{ memoryLimit: -1 }, RangeError, /memoryLimit/],
    [{ memoryLimit: Number.NaN }, RangeError, /memoryLimit/],
    [{ memoryLimit: '1g' }, RangeError, /memoryLimit/],
    [{ env: 'PATH=/bin' }, TypeError, /env/],
    [{ signal: {} }, TypeError, /signal/],
    [{ daemon: 'yes' }, TypeError, /daemon/],
  ];
  for (const [options, type, message] of cases) {
    assert.throws(
      () => new Process(options as ProcessOptions),
      (error) => error instanceof type && message.test(error.message),
      JSON.stringify(options),
    );
  }
});

test('A name must be a string when it is set', () => {
  const child = new Process();
  assert.throws(() => {
    (child as { name: unknown }).name = 5;
  }, TypeError);
  child.name = 'reader';
  assert.equal(child.name, 'reader');
});

test('A folder that is gone at start is an error of start(), and no child is left', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'brood-'));
  const child = new Process({ target: forever, cwd: folder });
  rmSync(folder, { recursive: true });
  t.after(() => child.isAlive() && child.kill());
  assert.throws(() => child.start(), { code: 'ERR_SPAWN' });
  assert.equal(child.pid, null);
});

test('An environment that is too long is a SpawnError of start(), and no child is left', () => {
  const child = new Process({ target: nothing, env: { ...process.env, LONG: 'x'.repeat(2 ** 22) } });
  assert.throws(() => child.start(), { code: 'ERR_SPAWN' });
  assert.equal(child.pid, null);
});
