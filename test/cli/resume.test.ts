import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brood, fixture, makeFolder, parseLines, Running, readLines, resultsOf, task } from './brood.ts';

const folder = makeFolder();
let count = 0;

function fresh(name: string): string {
  count += 1;
  return join(folder, `${count}-${name}`);
}

function countLines(path: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of readFileSync(path, 'utf8').split('\n').slice(0, -1)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

test('--resume skips inputs that have a result, and appends the others', async () => {
  const output = fresh('out.ndjson');
  await brood(['map', task('double'), '1', '2', '-o', output]);
  const before = readFileSync(output, 'utf8');
  const { status, stderr } = await brood(['map', task('double'), '3', '2', '1', '4', '-o', output, '--resume']);
  assert.equal(status, 0);
  assert.match(stderr, /2 done in .*, 2 skipped/);
  assert.equal(readFileSync(output, 'utf8').startsWith(before), true);
  assert.deepEqual(resultsOf(readLines(output)), [2, 4, 6, 8]);
});

test('--resume without an output file yet starts one; with everything done it runs nothing', async () => {
  const output = fresh('out.ndjson');
  const args = ['map', task('double'), '1', '2', '-o', output, '--resume'];
  assert.equal((await brood(args)).status, 0);
  const before = readFileSync(output, 'utf8');
  assert.equal((await brood(args)).status, 0);
  assert.equal(readFileSync(output, 'utf8'), before);
});

test('Failures run again, and leave no old line behind', async () => {
  const output = fresh('out.ndjson');
  const log = fresh('log');
  const args = ['map', task('thirdTime'), log, '-o', output, '--resume'];
  assert.equal((await brood(args)).status, 1);
  assert.equal((await brood(args)).status, 1);
  assert.equal(readLines(output).length, 1);
  assert.equal((await brood(args)).status, 0);
  assert.deepEqual(resultsOf(readLines(output)), ['at last']);
});

test('Equal inputs have a line each, and are skipped as often as they have one', async () => {
  const output = fresh('out.ndjson');
  await brood(['map', task('double'), '1', '1', '-o', output]);
  await brood(['map', task('double'), '1', '1', '1', '-o', output, '--resume']);
  assert.deepEqual(resultsOf(readLines(output)), [2, 2, 2]);
});

test('Objects are the same input whatever the order of their keys', async () => {
  const output = fresh('out.ndjson');
  const args = ['map', fixture('tasks.mjs'), '--ndjson', '-o', output, '--resume'];
  await brood(args, { input: '{"a":1,"b":{"c":[1,2],"d":2}}\n' });
  await brood(args, { input: '{"b":{"d":2,"c":[1,2]},"a":1}\n{"a":1}\n' });
  assert.equal(readLines(output).length, 2);
});

test('Another export, or the module once it is changed, runs everything again and keeps what was there', async () => {
  const output = fresh('out.ndjson');
  const module = fresh('tasks.mjs');
  copyFileSync(fixture('tasks.mjs'), module);
  await brood(['map', `${module}#double`, '1', '-o', output]);
  await brood(['map', module, '1', '-o', output, '--resume']);
  assert.deepEqual(resultsOf(readLines(output)), [2, '1']);
  appendFileSync(module, '// changed\n');
  const { stderr } = await brood(['map', `${module}#double`, '1', '-o', output, '--resume']);
  assert.deepEqual(resultsOf(readLines(output)), [2, '1', 2]);
  assert.match(stderr, /resuming: 2 lines are of another function, or of this one before it was changed/);
});

test('A torn last line is cut off, and its input runs again', async () => {
  const output = fresh('out.ndjson');
  await brood(['map', task('double'), '1', '2', '3', '-o', output]);
  const whole = readFileSync(output, 'utf8');
  for (const torn of [1, 5, 9, 40, 100]) {
    writeFileSync(output, whole.slice(0, -torn));
    await brood(['map', task('double'), '1', '2', '3', '-o', output, '--resume']);
    assert.deepEqual(resultsOf(readLines(output)), [2, 4, 6], `${torn} bytes torn off`);
  }
});

test('A file that brood did not write is refused and left alone', async () => {
  const output = fresh('precious.txt');
  for (const content of ['Dear diary\n', 'no end of line', '{"input":1}\n', '\n', '{"input":"1","key":"x"\n{"input']) {
    writeFileSync(output, content);
    const { status, stderr } = await brood(['map', task('double'), '1', '-o', output, '--resume']);
    assert.equal(status, 2, content);
    assert.match(stderr, /Cannot resume from ".*": (line \d|the last line) is none that "brood map --output" writes; /);
    assert.equal(readFileSync(output, 'utf8'), content);
  }
});

test('After SIGKILL in the middle --resume completes the output, and nothing recorded runs twice', async () => {
  const output = fresh('out.ndjson');
  const log = fresh('log');
  writeFileSync(output, '');
  // The workers are held up at some of them, so that nothing is over before it is killed.
  const names = Array.from({ length: 300 }, (_, i) => (i % 100 === 98 || i % 100 === 99 ? `hold${i}` : `n${i}`));
  const gateOf = (i: number): string => `${log}-${Math.floor(i / 100)}`;
  const input = names.map((name, i) => `${JSON.stringify([log, name, gateOf(i)])}\n`).join('');
  const args = ['map', task('logged'), '--ndjson', '-j', '2', '-o', output, '--resume', '--quiet'];
  const kills: { recorded: string[]; runs: Map<string, number> }[] = [];

  for (const share of [1, 2]) {
    const running = new Running(args);
    running.child.stdin.end(input);
    const watcher = watch(output);
    while (wholeResults(output).length < share * 100 - 30) await once(watcher, 'change');
    watcher.close();
    running.child.kill('SIGKILL');
    assert.equal((await running.ended).signal, 'SIGKILL');
    kills.push({ recorded: wholeResults(output), runs: countLines(log) });
    writeFileSync(`${gateOf(100 * (share - 1))}.release`, '');
  }
  writeFileSync(`${gateOf(200)}.release`, '');
  assert.equal((await brood(args, { input })).status, 0);

  assert.deepEqual(resultsOf(readLines(output)).sort(), [...names].sort());
  const runs = countLines(log);
  for (const kill of kills) {
    assert.ok(kill.recorded.length >= 70 && kill.recorded.length < 200, `${kill.recorded.length} recorded`);
    for (const name of kill.recorded) {
      assert.equal(runs.get(name), kill.runs.get(name), `${name} was recorded and ran again`);
    }
  }
});

function wholeResults(output: string): string[] {
  const text = readFileSync(output, 'utf8');
  return resultsOf(parseLines(text.slice(0, text.lastIndexOf('\n') + 1))) as string[];
}
