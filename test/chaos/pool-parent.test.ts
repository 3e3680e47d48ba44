import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeFolder, timed } from '../pool/support.js';
import { Program } from '../process/program.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import type { Ledger } from './ledger.js';
import { patience, scenario } from './scenario.js';

const path = fileURLToPath(new URL('../fixtures/pool/program.js', import.meta.url));

function start(t: TestContext, way: string, options = {}): Program {
  return new Program(t, [path, way, join(makeFolder(t), 'pids')], options);
}

async function expectNoSurvivors(program: Program, ledger: Ledger, limit: number): Promise<void> {
  const { value: survivors, ms } = await timed(() => program.survivors(patience(limit)));
  assert.deepEqual(survivors, []);
  ledger.took(ms, limit);
}

for (const [id, way, title] of [
  ['C1', 'idle', 'a program killed while its workers are idle'],
  ['C1', 'initializing', 'a program killed while its workers are in their initializers'],
  ['C2', 'deaf', 'a program killed while its workers are in busy loops'],
] as const) {
  scenario(id, title, async (t, ledger) => {
    const random = createRandom(seed);
    for (let round = 0; round < scaled(2); round += 1) {
      const program = start(t, way);
      await program.waitFor(/up/);
      await sleep(random() * 200);
      ledger.kill(program.pid);
      await program.exited;
      await expectNoSurvivors(program, ledger, 2000);
    }
  });
}

for (const [way, status, words] of [
  ['exit', 7, /^$/],
  ['throw', 1, /uncaught in the program/],
  ['reject', 1, /unhandled in the program/],
] as const) {
  scenario('C4', `a program with a busy pool that ends by ${way}: status ${status}`, async (t, ledger) => {
    for (let round = 0; round < scaled(1); round += 1) {
      const program = start(t, way);
      const end = await program.ended;
      assert.deepEqual([end.status, end.signal], [status, null]);
      assert.match(end.stderr, words);
      await expectNoSurvivors(program, ledger, 2000);
    }
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
  scenario('C4', `a program with a busy pool and grandchildren ended by ${signal}`, async (t, ledger) => {
    for (let round = 0; round < scaled(1); round += 1) {
      const program = start(t, 'busy');
      await program.waitFor(/busy/);
      ledger.kill(program.pid, signal);
      const end = await program.ended;
      assert.deepEqual([end.status, end.signal], [null, signal]);
      await expectNoSurvivors(program, ledger, 2000);
    }
  });
}

scenario('C5', 'Ctrl-C to the whole foreground group, twice', async (t, ledger) => {
  for (let round = 0; round < scaled(1); round += 1) {
    const program = new Program(t, [process.execPath, path, 'busy', join(makeFolder(t), 'pids')], {
      command: 'setsid',
    });
    await program.waitFor(/busy/);
    const { value: end, ms } = await timed(async () => {
      ledger.kill(-program.pid, 'SIGINT');
      await sleep(50);
      ledger.kill(-program.pid, 'SIGINT');
      return program.ended;
    });
    assert.deepEqual([end.status, end.signal, end.stderr], [null, 'SIGINT', '']);
    ledger.took(ms, 2000);
    assert.deepEqual(await program.survivors(patience(2000)), []);
  }
});

scenario('C10', 'a pool that is collected while it is open', async (t, ledger) => {
  for (let round = 0; round < scaled(1); round += 1) {
    const program = new Program(t, [path, 'drop'], { nodeArgs: ['--expose-gc'] });
    const end = await program.ended;
    assert.deepEqual([end.status, end.stdout], [0, '3\nBROOD_POOL_NOT_CLOSED\n'], end.stderr);
    assert.equal(end.stderr.match(/BROOD_POOL_NOT_CLOSED/g)?.length, 1);
    ledger.tally(1, 1);
    await expectNoSurvivors(program, ledger, 5000);
  }
});
