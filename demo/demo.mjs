#!/usr/bin/env node
/**
 * The command-line tool on a real job: measure every JavaScript file that `npm ci` put under node_modules. One more input
 * crashes its process, one more hangs. Exits with 0 if each of them was reported as what it is, and all else is there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { measure } from './measure.mjs';
import { printTable } from './table.mjs';

const CRASH = 'demo/inputs/crash.js';
const HANG = 'demo/inputs/hang.js';
const TIMEOUT = '5s';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const files = listScripts('node_modules');

console.log(`Measuring ${files.length} files under node_modules, and two that misbehave, with "brood map".`);
const { records, status, seconds } = await measureWithBrood();
const problems = check(records, status);

console.log('The same files once more, in this process alone.');
const secondsAlone = measureAlone();

report();
for (const problem of problems) console.error(`PROBLEM: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** What find would list; links are left out. */
function listScripts(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|mjs|cjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/**
 * `seconds` is from the start of the command to the last result of a real file. The crash comes among the first inputs, the
 * hang is the last one: until it has timed out it holds a worker that no process alone has to spare.
 */
async function measureWithBrood() {
  const start = performance.now();
  const brood = spawn(
    process.execPath,
    [
      ...['dist/cli/brood-main.js', 'map', 'demo/measure.mjs#measure', '--timeout', TIMEOUT],
      ...['--files', CRASH, '--files', 'node_modules/**/*.{js,mjs,cjs}', HANG],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const closed = once(brood, 'close');
  const records = [];
  let seconds = 0;
  for await (const line of createInterface({ input: brood.stdout })) {
    const record = JSON.parse(line);
    records.push(record);
    if (record.result) seconds = (performance.now() - start) / 1000;
  }
  const [code, signal] = await closed;
  return { records, status: signal ?? code, seconds };
}

function measureAlone() {
  const start = performance.now();
  for (const file of files) measure(file);
  return (performance.now() - start) / 1000;
}

function check(records, status) {
  const problems = [];
  const expect = (isTrue, problem) => isTrue || problems.push(problem);
  const results = new Set(records.filter(({ result }) => result).map(({ input }) => input));
  const missing = files.filter((file) => !results.has(file));
  expect(missing.length === 0, `${missing.length} files have no result: ${missing.slice(0, 5).join(', ')}`);
  expect(
    records.length === files.length + 2,
    `${records.length} lines for ${files.length} files and two that misbehave`,
  );
  expect(status === 1, `the command ended with ${status}, not with 1`);

  const crash = errorOf(records, CRASH);
  const isLost = crash?.name === 'WorkerLostError' && crash.signal === 'SIGSEGV';
  expect(isLost, `the crash was not reported as lost with its signal: ${JSON.stringify(crash)}`);
  const hang = errorOf(records, HANG);
  const isLocated = hang?.name === 'TaskTimeoutError' && hang.stuckAt.some((frame) => frame.includes('loopForEver'));
  expect(isLocated, `the hang was not reported as timed out with its place: ${JSON.stringify(hang)}`);
  return problems;
}

function errorOf(records, input) {
  return records.find((record) => record.input === input)?.error;
}

function report() {
  const measured = records.filter(({ result }) => result);
  const heaviest = measured.toSorted((a, b) => b.result.compressed - a.result.compressed).slice(0, 10);
  console.log('\nThe ten heaviest:');
  printTable(
    ['file', 'KiB', 'packed', 'lines', 'functions', 'longest', 'imports', 'nesting', 'ms'],
    heaviest.map(({ input, ms, result }) => [
      input.replace('node_modules/', ''),
      ...[result.bytes, result.compressed].map((bytes) => (bytes / 1024).toFixed(0)),
      ...[result.lines, result.functions, result.longestFunction, result.imports, result.deepestNesting],
      ms.toFixed(0),
    ]),
  );

  const crash = errorOf(records, CRASH);
  const hang = errorOf(records, HANG);
  const unparsed = measured.filter(({ result }) => result.parseError).length;
  console.log(`\nlost       ${CRASH}: process ${crash?.pid} ended by ${crash?.signal}`);
  console.log(`timed out  ${HANG}: after ${TIMEOUT}, stuck at ${hang?.stuckAt?.[0]}`);
  console.log(
    `complete   ${records.length} outcomes = ${measured.length} results + 2${unparsed > 0 ? `, ${unparsed} of them of files that do not parse` : ''}`,
  );
  const bytes = measured.reduce((sum, { result }) => sum + result.bytes, 0);
  console.log(
    `\n${measured.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s, ${(secondsAlone / seconds).toFixed(2)} times as fast as one process (${secondsAlone.toFixed(1)} s)`,
  );
}
