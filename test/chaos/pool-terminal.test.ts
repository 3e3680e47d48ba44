import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../pool/support.js';
import { scaled } from '../support/seed.js';
import { scenario } from './scenario.js';
import { hasTmux, Terminal } from './terminal.js';

const program = fileURLToPath(new URL('../fixtures/pool/program.js', import.meta.url));

for (const [way, presses, limit, output, status] of [
  ['busy', 1, 2000, ['busy', '^C'], 130],
  ['orderly', 1, 2000, ['busy', '^Cinterrupted'], 130],
  ['patient', 2, 300, ['busy', '^Cinterrupted', '^C'], 130],
] as const) {
  const often = presses === 1 ? 'once' : 'twice';
  scenario('C5', `Ctrl-C, ${often}, in a terminal, to a program that is ${way}`, async (t, ledger) => {
    if (!hasTmux) return t.skip('there is no tmux');
    for (let round = 0; round < scaled(1); round += 1) {
      const terminal = new Terminal(t);
      await terminal.open();
      const command = `'${process.execPath}' '${program}' ${way} '${join(makeFolder(t), 'pids')}'`;
      terminal.type(`printf '\\033[2J\\033[H'; ${command}`);
      await terminal.waitFor(/^busy$/m);
      for (let press = 1; press < presses; press += 1) {
        terminal.pressControlC();
        await terminal.waitFor(/interrupted/);
        await sleep(100);
      }
      const start = performance.now();
      terminal.pressControlC();
      const screen = await terminal.waitFor(/^ready>$/m);
      ledger.took(performance.now() - start, limit);
      ledger.kills += 1;
      assert.deepEqual(screen.split('\n').slice(0, -1), output);
      terminal.type('echo status $?');
      await terminal.waitFor(new RegExp(`^status ${status}$`, 'm'));
      assert.deepEqual(await terminal.close(), []);
    }
  });
}
