import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { brood, makeFolder, parseLines, program, Running, readLines, resultsOf, task } from './brood.ts';

const folder = makeFolder();

test('Lines are in input order by default, and as results come with --unordered', async () => {
  const log = join(folder, 'order');
  const input = ['hold', 'b', 'c'].map((name) => `${JSON.stringify([log, name])}\n`).join('');
  const ordered = new Running(['map', task('logged'), '--ndjson', '-j', '2']);
  ordered.child.stdin.end(input);
  const unordered = new Running(['map', task('logged'), '--ndjson', '-j', '2', '--unordered']);
  unordered.child.stdin.end(input);
  await unordered.waitFor('stdout', /"b"(.|\n)*"c"/);
  assert.equal(ordered.stdout, '');
  writeFileSync(`${log}.release`, '');
  assert.deepEqual(resultsOf(parseLines((await ordered.ended).stdout)), ['hold', 'b', 'c']);
  const last = resultsOf(parseLines((await unordered.ended).stdout));
  assert.deepEqual(last, ['b', 'c', 'hold']);
});

test('Order holds over many inputs, chunks and workers', async () => {
  const numbers = Array.from({ length: 2000 }, (_, i) => i);
  for (const chunk of ['1', '7', '5000']) {
    const args = ['map', task('double'), '--lines', '-j', '3', '--chunk', chunk];
    const { stdout } = await brood(args, { input: numbers.join('\n') });
    const expected = numbers.map((n) => 2 * n);
    assert.deepEqual(resultsOf(parseLines(stdout)), expected, `--chunk ${chunk}`);
  }
});

test('Ordered lines that wait for an earlier one hold up the run when they get too many, and lose nothing', async () => {
  const log = join(folder, 'held');
  const names = ['hold', ...Array.from({ length: 150 }, (_, i) => `big${i}`)];
  const running = new Running(['map', task('loggedAtLength'), '--ndjson', '-j', '2', '--quiet']);
  running.child.stdin.end(names.map((name) => `${JSON.stringify([log, name])}\n`).join(''));
  // A MiB each: 64 of them are all that may wait.
  const watcher = watch(folder);
  while (countStarted(log) < 65) await once(watcher, 'change');
  watcher.close();
  assert.equal(running.stdout, '');
  assert.ok(countStarted(log) <= 66, `${countStarted(log)} started`);
  writeFileSync(`${log}.release`, '');
  const results = resultsOf(parseLines((await running.ended).stdout)) as string[];
  assert.deepEqual(
    results.map((result) => result.trimEnd()),
    names,
  );
});

test('--output writes the lines to a file instead, and overwrites what was there', async () => {
  const output = join(folder, 'out.ndjson');
  writeFileSync(output, 'old content\n');
  const { status, stdout } = await brood(['map', task('double'), '1', '2', '--output', output]);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
  assert.deepEqual(resultsOf(readLines(output)), [2, 4]);
  const dash = await brood(['map', task('double'), '3', '-o', '-']);
  assert.deepEqual(resultsOf(parseLines(dash.stdout)), [6]);
});

test('What the function prints goes to stderr, not among the results', async () => {
  const { stdout, stderr } = await brood(['map', task('print'), 'here']);
  assert.deepEqual(resultsOf(parseLines(stdout)), ['here']);
  assert.match(stderr, /log here\nwrite here\n/);
});

test('A result that JSON has no word for fails its input alone', async () => {
  const { status, stdout } = await brood(['map', task('unwritable'), 'bigint', 'function', 'circle', 'undefined']);
  assert.equal(status, 1);
  const lines = parseLines(stdout);
  for (const { error } of lines.slice(0, 3)) {
    assert.equal(error?.code, 'ERR_RESULT_NOT_JSON');
    assert.match(error?.message ?? '', /^Cannot write the result as JSON: .+; return plain values$/);
  }
  assert.deepEqual(lines[3]?.result, null);
});

test('-j sets how many processes share the inputs', async () => {
  const log = join(folder, 'jobs');
  const input = Array.from({ length: 6 }, (_, i) => `${JSON.stringify([log, `hold${i}`])}\n`).join('');
  const running = new Running(['map', task('logged'), '--ndjson', '-j', '3', '-u']);
  running.child.stdin.end(input);
  const watcher = watch(folder);
  while (countStarted(log) < 3) await once(watcher, 'change');
  watcher.close();
  assert.equal(countStarted(log), 3);
  writeFileSync(`${log}.release`, '');
  const lines = parseLines((await running.ended).stdout);
  assert.equal(lines.length, 6);
  assert.equal(new Set(lines.map(({ pid }) => pid)).size, 3);
});

test('--quiet leaves stderr empty, failures included', async () => {
  const { status, stderr } = await brood(['map', task('behave'), 'a', 'fail', '--quiet']);
  assert.deepEqual({ status, stderr }, { status: 1, stderr: '' });
});

test('Without a terminal stderr gets plain lines: each failure, and the totals last', async () => {
  const { stderr } = await brood(['map', task('behave'), 'a', 'fail1', 'b']);
  assert.match(stderr, /^failed: "fail1": RangeError: no fail1\nbrood: 3 done in \d+\.\ds, 1 failed\n$/);
});

test('Without a terminal a long run says every two seconds how far it is', async () => {
  const log = join(folder, 'long');
  const running = new Running(['map', task('logged'), '--ndjson', '-j', '2']);
  running.child.stdin.end(['a', 'hold'].map((name) => `${JSON.stringify([log, name])}\n`).join(''));
  const before = performance.now();
  await running.waitFor('stderr', /done/);
  assert.ok(performance.now() - before > 1900);
  writeFileSync(`${log}.release`, '');
  assert.match((await running.ended).stderr, /^1 done, \d+\.\d\/s\n(2 done, .*\n)?brood: 2 done in \d+\.\ds\n$/);
});

test('On a terminal there is a bar, which is gone at the end', async () => {
  const log = join(folder, 'bar');
  const lines = join(folder, 'bar.ndjson');
  const names = ['a', ...Array.from({ length: 9 }, () => 'hold')];
  writeFileSync(lines, names.map((name) => `${JSON.stringify([log, name])}\n`).join(''));
  const command = `"${process.execPath}" "${program}" map "${task('logged')}" --ndjson "${lines}" -o "${lines}.out"`;
  const terminal = spawn('/usr/bin/script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  for await (const text of terminal.stdout.setEncoding('utf8')) {
    shown += text.replaceAll('\r\u001B[K', '<clear>');
    if (shown.includes(' 1 done')) writeFileSync(`${log}.release`, '');
  }
  assert.match(shown, /<clear>\[ *<=> *\] 1 done, /);
  assert.match(shown, /<clear>brood: 10 done in \d+\.\ds\r\n$/);
  assert.equal(readLines(`${lines}.out`).length, 10);
});

test('A reader that leaves ends the run quietly', async () => {
  const command = `yes | "${process.execPath}" "${program}" map "${task('double')}" --lines --quiet | head -1`;
  const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
  assert.equal(parseLines(stdout).length, 1);
  assert.equal(stderr, '');
});

test('A stdout that is closed while results come gives status 141 and no message', async () => {
  const running = new Running(['map', task('double'), '--lines', '--quiet']);
  const feed = setInterval(() => running.child.stdin.write('1\n'.repeat(100)), 1);
  await running.waitFor('stdout', /\n/);
  running.child.stdout.destroy();
  const { status, stderr } = await running.ended;
  clearInterval(feed);
  assert.deepEqual({ status, stderr }, { status: 141, stderr: '' });
});

test('An output that cannot be opened is an error of usage', async () => {
  const { status, stderr } = await brood(['map', task('double'), '1', '-o', join(folder, 'no', 'such', 'folder')]);
  assert.equal(status, 2);
  assert.match(stderr, /Cannot write to ".*": ENOENT.*; give an --output that can be written/);
});

test('A disk that is full ends the run with status 1 and says so', { skip: process.platform !== 'linux' }, async () => {
  const { status, stderr } = await brood(['map', task('double'), '1', '2', '-o', '/dev/full']);
  assert.equal(status, 1);
  assert.match(stderr, /Cannot write to "\/dev\/full": ENOSPC.*; mend that and run again with --resume/);
});

/** How many calls have left their mark; the file may not be there yet. */
function countStarted(log: string): number {
  return readFileSync(log, { encoding: 'utf8', flag: 'a+' }).split('\n').length - 1;
}
