import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childrenOf, fixture, isRunning, Program, tryKill, until } from './program.js';

const SHAPES = ['idle', 'busy', 'stubborn', 'family', 'runaway'];
/** One line from each shape, and two more from the children of `family`. */
const UP = SHAPES.length + 2;

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} to a program ends its whole tree, and is how the program ended`, async (t) => {
    const program = new Program(t, [fixture('tree.mjs'), 'no', ...SHAPES]);
    await program.waitFor(/up/, UP);
    program.child.kill(signal);
    const { status, signal: seen } = await program.exited;
    assert.deepEqual({ status, seen }, { status: null, seen: signal });
    assert.deepEqual(await program.survivors(), []);
  });
}

for (const [end, expected] of [
  ['throw', 1],
  ['reject', 1],
  ['exit', 7],
] as const) {
  test(`A program that ends by ${end} takes its tree along, and has the status it would have had`, async (t) => {
    const program = new Program(t, [fixture('tree.mjs'), 'no', ...SHAPES]);
    await program.waitFor(/up/, UP);
    program.tell(end);
    const { status } = await program.exited;
    assert.equal(status, expected);
    assert.deepEqual(await program.survivors(), []);
  });
}

function janitorOf({ pid }: Program): number {
  const janitor = childrenOf(pid).find(({ command }) => command.includes('brood-janitor'));
  assert.ok(janitor);
  return janitor.pid;
}

test('A program that comes to its end ends its daemons, also stubborn ones, and keeps its status', async (t) => {
  const shapes = ['idle', 'busy', 'stubborn', 'runaway'];
  const program = new Program(t, [fixture('tree.mjs'), 'daemon', ...shapes]);
  await program.waitFor(/up/, shapes.length);
  program.tell('exit-code');
  const { status, stderr } = await program.ended;
  assert.deepEqual({ status, stderr }, { status: 5, stderr: '' });
  assert.deepEqual(await program.survivors(), []);
});

test('A program in a busy loop is killed, and its tree with it', async (t) => {
  const program = new Program(t, [fixture('tree.mjs'), 'no', 'busy', 'runaway']);
  await program.waitFor(/up/, 2);
  program.tell('hang');
  await program.waitFor(/hanging/);
  program.child.kill('SIGKILL');
  await program.exited;
  assert.deepEqual(await program.survivors(), []);
});

test('A killed janitor is replaced, and the tree still ends with the program', async (t) => {
  const program = new Program(t, [fixture('tree.mjs'), 'no', 'busy', 'runaway', 'stubborn']);
  await program.waitFor(/up/, 3);
  const janitors = (): number[] =>
    childrenOf(program.pid)
      .filter(({ command, state }) => command.includes('brood-janitor') && state !== 'Z')
      .map(({ pid }) => pid);
  const [first] = janitors();
  assert.ok(first !== undefined && janitors().length === 1);
  tryKill(first, 'SIGKILL');
  await until(() => janitors().length === 1 && janitors()[0] !== first, 'another janitor runs');
  assert.equal(childrenOf(program.pid).filter(({ state }) => state === 'Z').length, 0);
  program.child.kill('SIGKILL');
  await program.exited;
  assert.deepEqual(await program.survivors(), []);
});

test('A stopped janitor does not hold up the program', async (t) => {
  const program = new Program(t, [fixture('janitor.mjs'), 'stopped']);
  await program.waitFor(/up/);
  tryKill(janitorOf(program), 'SIGSTOP');
  program.tell('go');
  await program.waitFor(/through/);
  program.child.kill('SIGKILL');
  await program.exited;
  assert.deepEqual(await program.survivors(), []);
});

test('A janitor that the system refuses leaves no descriptors, and is tried again with the next child', async (t) => {
  const program = new Program(t, [fixture('janitor.mjs'), 'refused']);
  await program.waitFor(/descriptors 0\n/);
  await program.waitFor(/up/);
  await until(() => /no janitor process: .*ENOENT/.test(program.stderr), 'it tells of the refusal');
  assert.ok(isRunning(janitorOf(program)));
  program.child.kill('SIGKILL');
  await program.exited;
  assert.deepEqual(await program.survivors(), []);
});

test('The janitor ends with the program', async (t) => {
  const program = new Program(t, [fixture('tree.mjs'), 'no', 'idle']);
  await program.waitFor(/up/);
  const janitor = janitorOf(program);
  program.child.kill('SIGKILL');
  await program.exited;
  await until(() => !isRunning(janitor), 'the janitor is gone');
});

test('A process that ends takes along what it left behind, also in sessions of its own', async (t) => {
  const program = new Program(t, [fixture('leftovers.mjs')]);
  await program.waitFor(/all ended/);
  await program.waitFor(/leftovers 0/);
  const { status } = await program.ended;
  assert.equal(status, 0);
});
