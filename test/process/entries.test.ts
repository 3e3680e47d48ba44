import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture, runProgram } from './program.js';

const here = dirname(fixture('entry.mjs'));

/** A folder beside the fixtures, so that `brood` is found from there. */
function folderNamed(t: TestContext, name: string): string {
  const folder = join(here, name);
  mkdirSync(folder);
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('A CommonJS program can require brood and start its own functions', async (t) => {
  const { stdout, stderr, status } = await runProgram(t, ['--no-warnings', fixture('entry.cjs'), 'require']);
  assert.equal(stdout, 'child says one\nexit code 0\npool says 4\n', stderr);
  assert.equal(status, 0);
});

test('A CommonJS program can import brood', async (t) => {
  const { stdout, stderr } = await runProgram(t, [fixture('entry.cjs'), 'import']);
  assert.equal(stdout, 'child says one\nexit code 0\npool says 4\n', stderr);
});

test('Paths with blanks, non-ASCII and special characters work', async (t) => {
  const folder = folderNamed(t, `blanks & ünïcödé 😀 %41 #1 ${process.pid}`);
  for (const file of ['entry.mjs', 'entry.cjs']) cpSync(fixture(file), join(folder, file));
  for (const args of [['entry.mjs'], ['--no-warnings', 'entry.cjs', 'require']]) {
    const path = join(folder, args.find((arg) => arg.startsWith('entry')) ?? '');
    const { stdout, stderr } = await runProgram(
      t,
      args.map((arg) => (arg.startsWith('entry') ? path : arg)),
      { cwd: folder },
    );
    assert.equal(stdout, 'child says one\nexit code 0\npool says 4\n', stderr);
  }
});

test('An entry that is a symbolic link works', async (t) => {
  const folder = folderNamed(t, `links-${process.pid}`);
  symlinkSync(fixture('entry.mjs'), join(folder, 'link.mjs'));
  const { stdout, stderr } = await runProgram(t, [join(folder, 'link.mjs')]);
  assert.equal(stdout, 'child says one\nexit code 0\npool says 4\n', stderr);
});

test('node -e and --input-type=module can start functions of modules', async (t) => {
  const code = "import('brood').then(async ({ Process }) => { const { work } = await import('./entry.mjs'); PROGRAM })";
  const program =
    "const p = new Process({ target: work, args: ['one'] }); p.start(); await p.join(); console.log(p.exitCode);";
  const module = `import { Process } from 'brood'; import { work } from './entry.mjs'; ${program}`;
  for (const nodeArgs of [
    ['-e', code.replace('PROGRAM', program)],
    ['--input-type=module', '-e', module],
    ['--input-type=module', '--eval', module],
    [`--eval=${module}`, '--input-type=module'],
  ]) {
    const { stdout, stderr } = await runProgram(t, [], { nodeArgs, cwd: here });
    assert.equal(stdout, 'child says one\n0\n', stderr);
  }
});

test('A program from stdin can start functions of modules', async (t) => {
  const input = `import { Process } from 'brood'; import { work } from './entry.mjs';
    const p = new Process({ target: work, args: ['one'] }); p.start(); await p.join(); console.log(p.exitCode);`;
  const { stdout, stderr } = await runProgram(t, ['-'], { nodeArgs: ['--input-type=module'], input, cwd: here });
  assert.equal(stdout, 'child says one\n0\n', stderr);
});

test('A function of node -e itself runs in a child', async (t) => {
  const code = `import { Process } from 'brood'; const who = 'child';
    const p = new Process({ target: () => console.log(who) }); p.start(); await p.join(); console.log(p.exitCode);`;
  const { stdout, stderr } = await runProgram(t, [], { nodeArgs: ['--input-type=module', '-e', code], cwd: here });
  assert.equal(stdout, 'child\n0\n', stderr);
});

test("Children do not fight for the debugger's port", async (t) => {
  for (const [nodeArgs, env] of [
    [['--inspect=127.0.0.1:0'], {}],
    [['--inspect-port=127.0.0.1:0', '--inspect'], {}],
    [[], { NODE_OPTIONS: '--inspect=127.0.0.1:0' }],
    [[], { NODE_OPTIONS: '--no-warnings --inspect --inspect-port 127.0.0.1:0 --max-old-space-size=200' }],
  ] as const) {
    const { stdout, stderr } = await runProgram(t, [fixture('entry.mjs')], { nodeArgs, env });
    assert.equal(stdout, 'child says one\nexit code 0\npool says 4\n', stderr);
    assert.equal([...stderr.matchAll(/Debugger listening/g)].length, 1, stderr);
    assert.doesNotMatch(stderr, /address already in use/);
  }
});

test('Loaders and conditions of the parent reach its children', async (t) => {
  const { stdout, stderr } = await runProgram(t, [fixture('preloaded.mjs')], {
    nodeArgs: ['--import', `file://${fixture('preload.mjs')}`, '-C', 'custom'],
  });
  assert.equal(stdout, 'preloaded in MainProcess\npreloaded in Process-1\n', stderr);
});
