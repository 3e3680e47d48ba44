import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { childrenOf, Program, until } from '../process/program.js';
import { patience, scenario } from './scenario.js';

const path = fileURLToPath(new URL('../fixtures/pool/thread.js', import.meta.url));

for (const [way, output] of [
  ['close', 'ended 0\n'],
  ['forget', 'ended 0\n'],
  ['exit', 'ended 3\n'],
  ['throw', 'uncaught in the thread\nended 1\n'],
  ['terminate', 'ended 1\n'],
] as const) {
  scenario(
    'C11',
    `a pool in a thread that ends by ${way}: nothing of it is left, no zombie either, and the program goes on`,
    async (t, ledger) => {
      const program = new Program(t, [path, way]);
      await program.waitFor(/ended/);
      const start = performance.now();
      const isChildless = (): boolean => childrenOf(program.pid).length === 0;
      await until(isChildless, 'the workers and their janitor have ended, and been reaped', patience(2000));
      ledger.took(performance.now() - start, 2000);
      program.tell('end');
      const end = await program.ended;
      assert.deepEqual([end.status, end.stdout], [0, output], end.stderr);
      assert.deepEqual(await program.survivors(patience(2000)), []);
    },
  );
}
