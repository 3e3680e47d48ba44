import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstInTime } from '../support/in-time.js';
import { type End, fixture, Program, runProgram } from './program.js';

const program = fixture('ends.mjs');
/** It has half a second for that. */
const POLITE = /polite daemon ended\n$/;
/** The daemons never end, and the program waits for nothing else, in milliseconds. */
const SOON = 60_000;

test('A program that forgets a daemon ends at once', async (t) => {
  const { status, stderr, stdout, elapsed } = await runProgram(t, [program, 'forgetDaemon']);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const mainEnded = Number(/main ended at (\d+)/.exec(stdout)?.[1]);
  assert.ok(elapsed - mainEnded < SOON, `${elapsed} ms, the program itself was done after ${mainEnded} ms`);
});

test('A program that never joins ends when its children do', async (t) => {
  const { status, stdout } = await runProgram(t, [program, 'neverJoin']);
  assert.equal(status, 0);
  assert.match(stdout, /main ended at \d+\nchild done\n$/);
});

test('A program that made processes and never started them ends at once', async (t) => {
  const { status, elapsed } = await runProgram(t, [program, 'neverStart']);
  assert.equal(status, 0);
  assert.ok(elapsed < SOON, `${elapsed} ms`);
});

test('Daemons get SIGTERM at the end, and time to clean up', async (t) => {
  const run = (): Promise<End> => runProgram(t, [program, 'politeDaemon']);
  const { status, stdout } = await firstInTime(run, (end) => POLITE.test(end.stdout));
  assert.equal(status, 0);
  assert.match(stdout, POLITE);
});

test('Children that are no daemons do their work to its end, and then daemons are ended', async (t) => {
  const run = (): Promise<End> => runProgram(t, [program, 'both']);
  const { status, stdout } = await firstInTime(run, (end) => POLITE.test(end.stdout));
  assert.equal(status, 0);
  assert.match(stdout, /child done\n[\s\S]*polite daemon ended\n$/);
});

test('beforeExit and exit handlers of the program still run, once', async (t) => {
  const { stdout } = await runProgram(t, [program, 'handlers']);
  assert.deepEqual(stdout.match(/exit handler/g)?.length, 1, stdout);
});

test('process.exit() in the program asks its children to end and does not wait', async (t) => {
  const run = async (): Promise<Program> => {
    const running = new Program(t, [program, 'exitNow']);
    await running.waitFor(/up/);
    running.tell('exit');
    const { status, elapsed } = await running.exited;
    assert.equal(status, 3);
    assert.ok(elapsed < SOON, `${elapsed} ms`);
    assert.deepEqual(await running.survivors(), []);
    return running;
  };
  const { stdout } = await firstInTime(run, (running) => POLITE.test(running.stdout));
  assert.match(stdout, POLITE);
});
