import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { brood, makeFolder, parseLines, resultsOf, task } from './brood.ts';

const folder = makeFolder();

test('An error that the function throws has name, message, code and stack, and costs its own input only', async () => {
  const { status, stdout } = await brood(['map', task('behave'), 'a', 'fail', 'b', 'throw']);
  assert.equal(status, 1);
  const lines = parseLines(stdout);
  assert.deepEqual(resultsOf(lines), ['a', undefined, 'b', undefined]);
  const { name, message, code, stack } = lines[1]?.error ?? {};
  assert.deepEqual({ name, message, code }, { name: 'RangeError', message: 'no fail', code: 'E_FAIL' });
  assert.match(stack ?? '', /at behave \(.*tasks\.mjs:/);
  assert.equal(typeof lines[1]?.pid, 'number');
  assert.equal(lines[3]?.error?.message, "Thrown: 'throw'");
});

test('A task that outlasts --timeout is stopped, and its line says where it was stuck', async () => {
  const { status, stdout, stderr } = await brood(['map', task('behave'), 'a', 'hang', 'b', '--timeout', '1s']);
  assert.equal(status, 1);
  const lines = parseLines(stdout);
  assert.deepEqual(resultsOf(lines), ['a', undefined, 'b']);
  const { error, ms, attempts } = lines[1] ?? {};
  assert.equal(error?.name, 'TaskTimeoutError');
  assert.equal(error?.code, 'ERR_TASK_TIMEOUT');
  assert.equal(error?.reason, 'timeout');
  assert.match(error?.stuckAt?.[0] ?? '', /spinHere/);
  assert.ok((ms ?? 0) >= 1000);
  assert.equal(attempts, 1);
  assert.match(stderr, /failed: "hang": TaskTimeoutError: .* in spinHere/);
});

test('A task that kills its process, or exits, is reported as lost with pid, exit code and signal', async () => {
  const { status, stdout } = await brood(['map', task('behave'), 'a', 'crash', 'b', 'exit', 'c', '-j', '1']);
  assert.equal(status, 1);
  const lines = parseLines(stdout);
  assert.deepEqual(resultsOf(lines), ['a', undefined, 'b', undefined, 'c']);
  const [, crash, , exit] = lines;
  const { name, signal, exitCode, reason, pid } = crash?.error ?? {};
  assert.deepEqual(
    { name, signal, exitCode, reason },
    { name: 'WorkerLostError', signal: 'SIGSEGV', exitCode: -11, reason: 'signal' },
  );
  assert.equal(pid, lines[0]?.pid);
  assert.equal(crash?.pid, pid);
  assert.equal(crash?.attempts, 1);
  assert.equal(exit?.error?.exitCode, 7);
  assert.equal(exit?.error?.reason, 'exit');
});

test('In a chunk, too, each input has its own outcome', async () => {
  const inputs = ['a', 'fail', 'b', 'crash', 'c', 'hang', 'd', 'throw', 'e'];
  const { stdout } = await brood(['map', task('behave'), ...inputs, '-j', '1', '--chunk', '9', '--timeout', '1s']);
  const lines = parseLines(stdout);
  assert.deepEqual(
    lines.map(({ input }) => input),
    inputs,
  );
  const names = ['RangeError', 'WorkerLostError', 'TaskTimeoutError', 'Error'];
  assert.deepEqual(
    lines.filter(({ error }) => error).map(({ error }) => error?.name),
    names,
  );
  assert.deepEqual(resultsOf(lines).filter(Boolean), ['a', 'b', 'c', 'd', 'e']);
});

test('--retries runs an input again, and attempts counts the runs', async () => {
  const log = join(folder, 'third');
  const { status, stdout } = await brood(['map', task('thirdTime'), log, '--retries', '2']);
  assert.equal(status, 0);
  const [line] = parseLines(stdout);
  assert.deepEqual({ result: line?.result, attempts: line?.attempts }, { result: 'at last', attempts: 3 });
});

test('--retries that are used up leave the last failure, with its attempts', async () => {
  const { status, stdout } = await brood(['map', task('behave'), 'fail', 'crash', '--retries', '2']);
  assert.equal(status, 1);
  assert.deepEqual(
    parseLines(stdout).map(({ attempts }) => attempts),
    [3, 3],
  );
});

test('--halt soon starts nothing after a failure, and what runs is finished', async () => {
  const { status, stdout, stderr } = await brood([
    'map',
    task('behave'),
    'a',
    'fail',
    'b',
    'c',
    '-j',
    '1',
    '--halt',
    'soon',
  ]);
  assert.equal(status, 1);
  assert.deepEqual(resultsOf(parseLines(stdout)), ['a', undefined]);
  assert.match(stderr, /halted, 2 not run to their end/);
});

test('--halt now kills what runs', async () => {
  const args = ['map', task('behave'), 'hang', 'a', 'fail', 'b', '-j', '2', '--halt', 'now'];
  const { status, stdout } = await brood(args);
  assert.equal(status, 1);
  const lines = parseLines(stdout);
  assert.deepEqual(
    lines.map(({ input }) => input),
    ['a', 'fail'],
  );
});

test('--halt with fail=N goes on until the Nth failure; without --halt every input is run', async () => {
  const inputs = ['fail1', 'a', 'fail2', 'b', 'fail3', 'c'];
  for (const when of ['now', 'soon']) {
    const { status, stdout } = await brood(['map', task('behave'), ...inputs, '-j', '1', '--halt', `${when},fail=2`]);
    assert.equal(status, 1);
    assert.deepEqual(resultsOf(parseLines(stdout)), [undefined, 'a', undefined]);
  }
  const all = await brood(['map', task('behave'), ...inputs]);
  assert.equal(all.status, 1);
  assert.equal(parseLines(all.stdout).length, inputs.length);
});

test('Only the first ten failures are told on stderr; the output has all', async () => {
  const inputs = Array.from({ length: 25 }, (_, i) => `fail${i}`);
  const { stdout, stderr } = await brood(['map', task('behave'), ...inputs]);
  assert.equal(stderr.match(/^failed: "/gm)?.length, 10);
  assert.equal(parseLines(stdout).length, 25);
});
