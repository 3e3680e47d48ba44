import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { currentProcess, Process, parentProcess } from 'brood';
import { describeSelf, exitWith, forever, nameGrandchildren, nothing } from '../fixtures/process/targets.js';
import { start, startUp } from './child.js';

const numberOf = (child: Process): number => Number(/^Process-(\d+)$/.exec(child.name)?.[1]);

test('Processes are numbered at construction, started or not, named or not', () => {
  const first = numberOf(new Process());
  const named = new Process({ name: 'mine' });
  assert.equal(named.name, 'mine');
  assert.equal(numberOf(new Process()), first + 2);
});

test('A process whose options are refused takes no number', () => {
  const first = numberOf(new Process());
  assert.throws(() => new Process({ niceness: 99 }));
  assert.equal(numberOf(new Process()), first + 1);
});

test('Grandchildren are named by the numbers from the root down', async (t) => {
  const { child, hear } = start(t, { target: nameGrandchildren });
  const path = child.name;
  assert.deepEqual(await hear(), [`${path}:1`, `${path}:2`, 'own', `${path}:4`]);
  const { name, parent } = (await hear()) as { name: string; parent: object };
  assert.equal(name, `${path}:5`);
  assert.deepEqual(parent, { name: path, pid: child.pid, isAlive: true });
  await child.join();
});

test("A renamed child's children keep the numbers", async (t) => {
  const { child, hear } = start(t, { target: nameGrandchildren, name: 'renamed' });
  const [first] = (await hear()) as string[];
  assert.match(first ?? '', /^Process-\d+:1$/);
  const { parent } = (await hear()) as { parent: { name: string } };
  assert.equal(parent.name, 'renamed');
  await child.join();
});

test('currentProcess() is MainProcess here, and has no parent', () => {
  const { name, daemon, pid } = currentProcess();
  assert.deepEqual({ name, daemon, pid }, { name: 'MainProcess', daemon: false, pid: process.pid });
  assert.equal(currentProcess().isAlive(), true);
  assert.equal(currentProcess(), currentProcess());
  assert.equal(parentProcess(), null);
  assert.match(inspect(currentProcess()), /MainProcess/);
});

test('currentProcess() in a child has its name, daemon flag and pid', async (t) => {
  for (const daemon of [false, true]) {
    const { child, hear } = start(t, { target: describeSelf, name: 'self', daemon });
    const parent = { name: 'MainProcess', pid: process.pid, isAlive: true };
    assert.deepEqual(await hear(), { name: 'self', daemon, pid: child.pid, parent });
    await child.join();
  }
});

test('A name set before start reaches the child', async (t) => {
  const child = new Process({ target: describeSelf, stdio: 'pipe' });
  child.name = 'late name';
  assert.match(String(child), /name='late name'/);
  child.start();
  void child.join();
  t.after(() => child.join());
  let said = '';
  for await (const text of child.stdout as AsyncIterable<Buffer>) said += text;
  assert.equal(JSON.parse(said).name, 'late name');
});

test('A process prints with its state', async (t) => {
  const idle = new Process({ target: nothing, name: 'P' });
  assert.equal(String(idle), `<Process name='P' parent=${process.pid} initial>`);
  assert.equal(inspect(idle), String(idle));
  assert.equal(
    `${new Process({ name: 'D', daemon: true })}`,
    `<Process name='D' parent=${process.pid} initial daemon>`,
  );
  const { child } = await startUp(t, { target: forever, name: 'Q', daemon: true });
  const running = `<Process name='Q' pid=${child.pid} parent=${process.pid} started daemon>`;
  assert.equal(String(child), running);
  assert.equal(inspect({ child }), `{ child: ${running} }`);
  child.terminate();
  await child.join();
  assert.equal(
    String(child),
    `<Process name='Q' pid=${child.pid} parent=${process.pid} stopped exitcode=-SIGTERM daemon>`,
  );
  child.close();
  assert.match(String(child), /^<Process name='Q' .*closed daemon>$/);
});

test('A process that ended by itself prints its exit code as a number', async (t) => {
  for (const code of [0, 3]) {
    const child = new Process({ target: exitWith, args: [code], name: 'P' });
    child.start();
    await child.join();
    t.after(() => child.close());
    assert.equal(String(child), `<Process name='P' pid=${child.pid} parent=${process.pid} stopped exitcode=${code}>`);
  }
});

test('What a child runs is named in the process table', async (t) => {
  const { child } = await startUp(t, { target: forever, name: 'visible name' });
  assert.match(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8'), /visible name/);
});
