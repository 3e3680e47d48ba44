import assert from 'node:assert/strict';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ProgramFolder } from '../support/program-folder.js';

const programs = new ProgramFolder();
const folder = programs.path;
const write = (name: string, text: string): string => programs.write(name, text);
const run = (...args: string[]): Promise<unknown[]> => programs.run(...args);

write(
  'tasks.mjs',
  `
  import { Point, OwnError, double } from './entry.mjs';
  export const makePoint = () => new Point(5);
  export const makeFunction = () => double;
  export const fail = () => { throw new OwnError('own'); };
`,
);
write(
  'entry.mjs',
  `
  import { isMain, Pool, ref } from 'brood';
  export class Point { constructor(x) { this.x = x; } }
  export class OwnError extends Error { name = 'OwnError'; }
  export function double(n) { return 2 * n; }
  export const own = () => new Point(1);
  if (isMain(import.meta)) {
    const tasks = ref(new URL('./tasks.mjs', import.meta.url));
    const pool = new Pool(1);
    const print = (...values) => console.log(JSON.stringify(values));
    const only = process.argv[2];
    if (only === 'instance') print((await pool.apply(tasks.makePoint)) instanceof Point);
    if (only === 'function') print((await pool.apply(tasks.makeFunction)) === double);
    if (only === 'error') await pool.apply(tasks.fail).catch((error) => print(error instanceof OwnError, error.message));
    if (only === 'ref') print((await pool.apply(ref(import.meta.url).own)) instanceof Point);
    if (only === 'plain') print(await pool.map(double, [1, 2]), (await pool.apply(own)) instanceof Point);
    pool.terminate();
  }
`,
);

for (const [only, expected] of Object.entries({
  plain: [[2, 4], true],
  instance: [true],
  function: [true],
  error: [true, 'own'],
  ref: [true],
})) {
  test(`An entry module in a top-level await gets its own exports back: ${only}`, async () => {
    assert.deepEqual(await run(join(folder, 'entry.mjs'), only), [expected]);
  });
}

test('A CommonJS entry runs its own functions', async () => {
  const path = write(
    'entry.cjs',
    `
    const { isMain, Pool } = require('brood');
    class Point {}
    Object.assign(exports, { double: (n) => 2 * n, makePoint: () => new Point(), Point });
    if (require.main === module) {
      const pool = new Pool(1);
      Promise.all([pool.map(exports.double, [1, 2]), pool.apply(exports.makePoint)]).then(([list, point]) => {
        console.log(JSON.stringify([list, point instanceof Point]));
        pool.terminate();
      });
    }
  `,
  );
  const hasRequireOfModules =
    process.allowedNodeEnvironmentFlags.has('--experimental-require-module') && !process.version.startsWith('v20.18');
  if (hasRequireOfModules) assert.deepEqual(await run(path), [[[2, 4], true]]);
});

test('A function of node -e runs, and imports from the current folder', async () => {
  const script = `
    import { Pool } from 'brood';
    import { double } from './local.mjs';
    const pool = new Pool(1);
    const k = 5;
    console.log(JSON.stringify(await pool.apply((n) => double(n) + k, [1])));
    pool.terminate();
  `;
  write('local.mjs', 'export const double = (n) => 2 * n;');
  assert.deepEqual(await run('--input-type=module', '-e', script), [7]);
});

test('Functions in a folder with spaces and letters beyond ASCII, and of a symlinked package, are found', async () => {
  write('päckage dir/package.json', '{ "name": "linked", "type": "module", "exports": "./index.js" }');
  write('päckage dir/index.js', 'export const triple = (n) => 3 * n;');
  symlinkSync(join(folder, 'päckage dir'), join(folder, 'node_modules', 'linked'));
  const path = write(
    'prögram #1 %20.mjs',
    `
    import { isMain, Pool } from 'brood';
    import { triple } from 'linked';
    export const double = (n) => 2 * n;
    if (isMain(import.meta)) {
      const pool = new Pool(1);
      console.log(JSON.stringify([await pool.map(triple, [1]), await pool.map(double, [1])]));
      pool.terminate();
    }
  `,
  );
  assert.deepEqual(await run(path), [[[3], [2]]]);
});

test('TypeScript through tsx: functions of the entry and of modules it imports, named and default', async () => {
  for (const name of ['entry.ts', 'shapes.ts']) {
    const source = fileURLToPath(new URL(`../fixtures/raw/functions/${name}`, import.meta.url));
    cpSync(source, join(folder, 'ts', name));
  }
  write('ts/package.json', '{ "type": "module" }');
  assert.deepEqual(await run('--import', import.meta.resolve('tsx'), join(folder, 'ts', 'entry.ts')), [
    [6],
    [12],
    'x!',
  ]);
});
