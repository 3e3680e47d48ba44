import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brood, fixture, fixtureFolder, makeFolder, parseLines, resultsOf, task } from './brood.ts';

const folder = makeFolder();

test('Inputs from arguments are strings, and each line has input, result, ms, pid, attempts and key', async () => {
  const { status, stdout } = await brood(['map', task('double'), '1', '2', '3']);
  assert.equal(status, 0);
  const lines = parseLines(stdout);
  assert.deepEqual(
    lines.map(({ input, result, attempts }) => ({ input, result, attempts })),
    [1, 2, 3].map((n) => ({ input: String(n), result: 2 * n, attempts: 1 })),
  );
  for (const { ms, pid, key } of lines) {
    assert.ok(ms >= 0 && ms < 60_000);
    assert.ok(pid !== null && pid > 0 && pid !== process.pid);
    assert.match(key, /^[0-9a-f]{64}$/);
  }
  assert.equal(new Set(lines.map(({ key }) => key)).size, 3);
});

test('Arguments after -- may begin with a dash', async () => {
  const { stdout } = await brood(['map', task('double'), '--', '-4']);
  assert.deepEqual(resultsOf(parseLines(stdout)), [-8]);
});

test('Without #export the default export is called', async () => {
  const { stdout } = await brood(['map', fixture('tasks.mjs'), 'x']);
  assert.deepEqual(resultsOf(parseLines(stdout)), ['x']);
});

test('A relative path is found from the current folder, also as a file: URL or in CommonJS', async () => {
  const cwd = fixtureFolder;
  const url = new URL('./fixtures/tasks.mjs#double', import.meta.url).href;
  for (const module of ['tasks.mjs#double', './tasks.mjs#double', url]) {
    assert.deepEqual(resultsOf(parseLines((await brood(['map', module, '4'], { cwd })).stdout)), [8], module);
  }
  assert.deepEqual(resultsOf(parseLines((await brood(['map', './functions.cjs#triple', '4'], { cwd })).stdout)), [12]);
});

test('A module in a folder whose name holds # is found', async () => {
  const odd = join(folder, 'a#b');
  mkdirSync(odd);
  writeFileSync(join(odd, 'm.mjs'), 'export default (x) => x + "!"; export const twice = (x) => x + x;');
  assert.deepEqual(resultsOf(parseLines((await brood(['map', join(odd, 'm.mjs'), 'x'])).stdout)), ['x!']);
  assert.deepEqual(resultsOf(parseLines((await brood(['map', `${join(odd, 'm.mjs')}#twice`, 'x'])).stdout)), ['xx']);
});

test('--files gives the paths that match, sorted, each once, and takes more from an unquoted pattern', async () => {
  const cwd = join(folder, 'files');
  mkdirSync(join(cwd, 'sub'), { recursive: true });
  for (const name of ['b.txt', 'a.txt', 'sub/c.txt', 'd.md']) writeFileSync(join(cwd, name), '');
  const run = async (...args: string[]) => {
    const { stdout } = await brood(['map', fixture('tasks.mjs'), ...args], { cwd });
    return resultsOf(parseLines(stdout));
  };
  assert.deepEqual(await run('--files', '**/*.txt'), ['a.txt', 'b.txt', 'sub/c.txt']);
  assert.deepEqual(await run('--files', '*.txt', '--files', '*'), ['a.txt', 'b.txt', 'd.md']);
  assert.deepEqual(await run('-f', 'a.txt', 'b.txt', 'd.md'), ['a.txt', 'b.txt', 'd.md']);
  assert.deepEqual(await run('-f', '*', '-f', '!b.*'), ['a.txt', 'd.md']);
  assert.deepEqual(await run('-f', join(cwd, '*.txt'), '-f', 'd.md'), [join(cwd, 'a.txt'), join(cwd, 'b.txt'), 'd.md']);
});

test('--files that match nothing are an error of usage', async () => {
  const { status, stderr } = await brood(['map', fixture('tasks.mjs'), '--files', 'nothing/*.here']);
  assert.equal(status, 2);
  assert.match(stderr, /Cannot find inputs for --files "nothing\/\*\.here": no file matches; /);
});

test('--lines reads stdin or files: any line end, empty lines, a last line without end, no byte order mark', async () => {
  const text = '\uFEFFone\r\ntwo\n\nfo\u00FCr';
  const expected = ['one', 'two', '', 'fo\u00FCr'];
  const path = join(folder, 'lines.txt');
  writeFileSync(path, text);
  for (const args of [['--lines'], ['--lines', '-'], ['-l', path], [path, '--lines']]) {
    const { stdout, status } = await brood(['map', fixture('tasks.mjs'), ...args], { input: text });
    assert.deepEqual(resultsOf(parseLines(stdout)), expected, args.join(' '));
    assert.equal(status, 0);
  }
  const twice = await brood(['map', '--lines', fixture('tasks.mjs'), path, path]);
  assert.deepEqual(resultsOf(parseLines(twice.stdout)), [...expected, ...expected]);
});

test('Empty stdin with --lines is no input and no failure', async () => {
  const { status, stdout } = await brood(['map', fixture('tasks.mjs'), '--lines']);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
});

test('--ndjson gives JSON values, and passes over blank lines', async () => {
  const values = [1, 'two', null, { three: [3, { deep: true }] }, []];
  const input = values.map((value) => JSON.stringify(value)).join('\n\n');
  const { stdout } = await brood(['map', task('describe'), '--ndjson'], { input });
  const lines = parseLines(stdout);
  assert.deepEqual(
    lines.map((line) => line.input),
    values,
  );
  assert.deepEqual(
    resultsOf(lines),
    values.map((input) => ({ type: typeof input, input })),
  );
});

test('A line that is no JSON ends the run with status 2; what came before is written', async () => {
  const path = join(folder, 'broken.ndjson');
  writeFileSync(path, '1\n2\n{"three":\n4\n');
  const { status, stdout, stderr } = await brood(['map', fixture('tasks.mjs'), '--ndjson', path]);
  assert.equal(status, 2);
  assert.deepEqual(resultsOf(parseLines(stdout)), [1, 2]);
  assert.match(
    stderr,
    /Cannot read line 3 of ".*broken\.ndjson": it is no JSON value \(.*\); write one JSON value a line/,
  );
});

test('A line longer than a block of the stream arrives whole', async () => {
  const long = 'ü'.repeat(300_000);
  const { stdout } = await brood(['map', fixture('tasks.mjs'), '--lines'], { input: `${long}\nshort\n` });
  assert.deepEqual(resultsOf(parseLines(stdout)), [long, 'short']);
});
