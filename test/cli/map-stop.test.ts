import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { firstInTime } from '../support/in-time.ts';
import { type Ended, makeFolder, parseLines, Running, readLines, resultsOf, task } from './brood.ts';

const folder = makeFolder();
let count = 0;

/** A run of `logged` over these names on two workers, unordered, so that what is done is seen. */
function start(names: readonly string[], ...options: string[]): { log: string; running: Running } {
  count += 1;
  const log = join(folder, `log${count}`);
  writeFileSync(log, '');
  const running = new Running(['map', task('logged'), '--ndjson', '-j', '2', ...options]);
  running.child.stdin.end(names.map((name) => `${JSON.stringify([log, name])}\n`).join(''));
  return { log, running };
}

/** So that the two seconds of a first Ctrl-C cannot have been waited for, in milliseconds. */
const isSoon = (took: number): boolean => took < 1900;

function started(log: string): string[] {
  return readFileSync(log, 'utf8').split('\n').slice(0, -1);
}

async function untilStarted(log: string, number: number): Promise<void> {
  const watcher = watch(log);
  while (started(log).length < number) await once(watcher, 'change');
  watcher.close();
}

test('Ctrl-C starts nothing new, lets running inputs finish, writes them and exits with 130', async () => {
  const attempt = async (): Promise<Ended> => {
    const { log, running } = start(['a', 'hold1', 'hold2', 'b', 'c']);
    await untilStarted(log, 3);
    running.child.kill('SIGINT');
    await running.waitFor(
      'stderr',
      /interrupted: running inputs have 2 s to finish; press Ctrl-C again to end at once/,
    );
    writeFileSync(`${log}.release`, '');
    const ended = await running.ended;
    assert.deepEqual(started(log), ['a', 'hold1', 'hold2']);
    return ended;
  };
  const { status, stdout, stderr } = await firstInTime(attempt, (ended) => parseLines(ended.stdout).length === 3);
  assert.equal(status, 130);
  assert.deepEqual(resultsOf(parseLines(stdout)), ['a', 'hold1', 'hold2']);
  assert.match(stderr, /3 done in .*, interrupted/);
});

test('Ctrl-C kills what has not finished after two seconds, and still writes the rest', async () => {
  const { log, running } = start(['hold', 'a', 'b', 'hold2', 'c']);
  await untilStarted(log, 4);
  const before = performance.now();
  running.child.kill('SIGINT');
  const { status, stdout } = await running.ended;
  const took = performance.now() - before;
  assert.equal(status, 130);
  assert.ok(took >= 1900 && took < 60_000, `${took} ms`);
  assert.deepEqual(resultsOf(parseLines(stdout)), ['a', 'b'], 'also what waited for an earlier line');
});

test('A second Ctrl-C ends at once; every line written is whole', async () => {
  const output = join(folder, 'twice.ndjson');
  const attempt = async (): Promise<number> => {
    const { log, running } = start(['a', 'hold1', 'hold2', 'b'], '--output', output);
    await untilStarted(log, 3);
    running.child.kill('SIGINT');
    await running.waitFor('stderr', /press Ctrl-C again/);
    const before = performance.now();
    running.child.kill('SIGINT');
    assert.equal((await running.ended).status, 130);
    assert.deepEqual(resultsOf(readLines(output)), ['a']);
    return performance.now() - before;
  };
  assert.ok(isSoon(await firstInTime(attempt, isSoon)), 'not after the two seconds of the first');
});

test('One Ctrl-C that arrives twice, as under npx, is one', async () => {
  const attempt = async (): Promise<Ended> => {
    const { log, running } = start(['hold', 'a']);
    await untilStarted(log, 2);
    running.child.kill('SIGTERM');
    running.child.kill('SIGINT');
    await running.waitFor('stderr', /interrupted/).catch(() => {});
    writeFileSync(`${log}.release`, '');
    return await running.ended;
  };
  const { status, stdout } = await firstInTime(attempt, (ended) => parseLines(ended.stdout).length === 2);
  assert.ok(status === 130 || status === 143, `status ${status}`);
  assert.deepEqual(resultsOf(parseLines(stdout)), ['hold', 'a']);
});

test('SIGTERM is the same with status 143', async () => {
  const attempt = async (): Promise<Ended> => {
    const { log, running } = start(['hold', 'a', 'b', 'hold2']);
    await untilStarted(log, 4);
    running.child.kill('SIGTERM');
    await running.waitFor('stderr', /interrupted/);
    writeFileSync(`${log}.release`, '');
    return await running.ended;
  };
  const { status, stdout } = await firstInTime(attempt, (ended) => parseLines(ended.stdout).length === 4);
  assert.equal(status, 143);
  assert.deepEqual(resultsOf(parseLines(stdout)), ['hold', 'a', 'b', 'hold2']);
});

test('Ctrl-C while the module is still being imported leaves the output as it was', async () => {
  const module = join(folder, 'never.mjs');
  const output = join(folder, 'untouched.ndjson');
  writeFileSync(
    module,
    `process.stderr.write('importing\\n'); setInterval(() => {}, 1000); await new Promise(() => {});`,
  );
  writeFileSync(output, 'untouched\n');
  const running = new Running(['map', module, '1', '-o', output]);
  await running.waitFor('stderr', /importing/);
  running.child.kill('SIGINT');
  assert.equal((await running.ended).status, 130);
  assert.equal(readFileSync(output, 'utf8'), 'untouched\n');
});

test('Ctrl-C while it waits for stdin ends it at once', async () => {
  const attempt = async (): Promise<number> => {
    const running = new Running(['map', task('double'), '--lines']);
    running.child.stdin.write('1\n');
    await running.waitFor('stdout', /\n/);
    const before = performance.now();
    running.child.kill('SIGINT');
    const { status, stdout } = await running.ended;
    assert.equal(status, 130);
    assert.deepEqual(resultsOf(parseLines(stdout)), [2]);
    return performance.now() - before;
  };
  assert.ok(isSoon(await firstInTime(attempt, isSoon)));
});
