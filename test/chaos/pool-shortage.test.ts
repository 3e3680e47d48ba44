import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type End, Program } from '../process/program.js';
import { tryLimit } from '../support/cgroup.js';
import type { Ledger } from './ledger.js';
import { patience, scenario } from './scenario.js';

const MIB = 2 ** 20;
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/pool/${name}.js`, import.meta.url));

/** Runs a program by a command that makes something short for it, to its end; nothing of it may be left. */
async function runShort(
  t: TestContext,
  ledger: Ledger,
  command: readonly string[],
  way: readonly string[],
): Promise<End> {
  const [executable = '', ...args] = command;
  const program = new Program(t, [...args, process.execPath, ...way], { command: executable });
  const end = await program.ended;
  assert.deepEqual([end.status, end.signal], [0, null], end.stderr);
  const start = performance.now();
  assert.deepEqual(await program.survivors(patience(2000)), []);
  ledger.took(performance.now() - start, 2000);
  return end;
}

scenario('D3', 'more memory wanted than the control group has', async (t, ledger) => {
  const limit = 480 * MIB;
  const group = tryLimit(t, 'memory', {
    v1: { 'memory.limit_in_bytes': limit },
    v2: { 'memory.max': limit, 'memory.swap.max': 0 },
  });
  if (!group) return t.skip('this process may not make a control group with a limit on memory');
  const end = await runShort(t, ledger, group.command, [fixture('short'), 'memory']);
  assert.match(end.stdout, /^true out-of-memory SIGKILL\n8 of 8, \d+ lost\n3\n$/);
  const lost = Number(/(\d+) lost/.exec(end.stdout)?.[1]);
  assert.ok(lost <= 2, `${lost} workers were killed for 8 tasks`);
  ledger.kills += 1 + lost;
  ledger.tally(9, 9);
});

scenario('D5', 'more workers than the system has descriptors for', async (t, ledger) => {
  const end = await runShort(t, ledger, ['prlimit', '--nofile=160:160'], [fixture('program'), 'crowded']);
  assert.equal(end.stdout, '500 true\n', end.stderr);
  ledger.tally(500, 500);
});

scenario('D5', 'more workers than the system has processes for', async (t, ledger) => {
  const group = tryLimit(t, 'pids', { v1: { 'pids.max': 80 }, v2: { 'pids.max': 80 } });
  if (!group) return t.skip('this process may not make a control group with a limit on processes');
  const end = await runShort(t, ledger, group.command, [fixture('short'), 'processes']);
  assert.equal(end.stdout, '500 true true\n', end.stderr);
  ledger.tally(500, 500);
});

for (const [size, what] of [
  ['size=1m', 'full'],
  ['size=4k,nr_inodes=1', 'without room for another name'],
] as const) {
  scenario('D6', `a /dev/shm that is ${what}`, async (t, ledger) => {
    const unshare = ['unshare', ...(process.getuid?.() === 0 ? [] : ['-Ur']), '-m'];
    const setUp = `mount -t tmpfs -o ${size} none /dev/shm && { cat /dev/zero > /dev/shm/full; true; } 2>/dev/null`;
    const command = [...unshare, 'sh', '-c', `${setUp} && exec "$@"`, 'sh'];
    const [executable = '', ...args] = command;
    if (spawnSync(executable, [...args, 'true']).status !== 0)
      return t.skip('this process may not mount a /dev/shm of its own');
    const end = await runShort(t, ledger, command, [fixture('short'), 'sharedMemory']);
    assert.equal(end.stdout, '500 ENOSPC ENOSPC\n16 through memory\n', end.stderr);
    ledger.tally(503, 503);
  });
}

scenario('F5', 'a clock that jumps an hour back and forth', async (t, ledger) => {
  const end = await runShort(t, ledger, ['env'], [fixture('short'), 'clock']);
  assert.equal(end.stdout, '500 0\ntrue 3 stopped within a minute\n', end.stderr);
  ledger.tally(502, 502);
});
