import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, Program, runProgram } from './program.js';

/** Where in the entry module, without a guard, something is started. */
const PLACES = ['top', 'after-await', 'async-main', 'timer'];

for (const place of PLACES) {
  test(`A Process started by an unguarded entry module (${place}) is refused in the child, with the line to add`, async (t) => {
    const program = new Program(t, [fixture('unguarded.mjs'), 'process', place]);
    const { status, stdout, stderr } = await program.ended;
    assert.equal(stdout, 'exit code 1\n', stderr);
    assert.equal(status, 0);
    assert.match(stderr, /Process Process-1:\n/);
    assert.match(stderr, /StateError: Cannot start .*unguarded\.mjs.*if \(isMain\(import\.meta\)\)/s);
    assert.deepEqual(await program.survivors(), []);
    assert.equal([...stderr.matchAll(/Cannot start/g)].length, 1, 'one child, no more');
  });
}

for (const place of PLACES) {
  test(`A Pool opened by an unguarded entry module (${place}) is refused in the worker, and the task rejects`, async (t) => {
    const program = new Program(t, [fixture('unguarded.mjs'), 'pool', place]);
    const { stdout, stderr } = await program.ended;
    assert.match(stdout, /^rejected: .*if \(isMain\(import\.meta\)\)/s, stderr);
    assert.deepEqual(await program.survivors(), []);
  });
}

test('isMain(import.meta) is true in the entry module and false in a module it imports, and in a child', async (t) => {
  const { stdout, stderr } = await runProgram(t, [fixture('is-main.mjs')]);
  assert.equal(stdout, 'entry true\nimported false\nin child false\n', stderr);
});

test('isMain(import.meta) is true however the entry module is named on the command line', async (t) => {
  const path = fixture('is-main.mjs');
  const folder = path.slice(0, path.lastIndexOf('/'));
  for (const [args, cwd] of [
    [['./is-main.mjs'], folder],
    [[`${folder}/../process/is-main.mjs`], '/'],
    [['folder-entry'], folder],
    [['without-extension'], folder],
  ] as const) {
    const { stdout, stderr } = await runProgram(t, [...args], { cwd });
    assert.match(stdout, /^entry true$/m, `${args}: ${stderr}`);
  }
});
