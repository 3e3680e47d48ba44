import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgramFolder } from '../support/program-folder.js';

const { build } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');

const TASKS = `
  import { offset } from './offset.js';
  export const add = (n) => n + offset;
  export class Point { constructor(x) { this.x = x; } }
  export const move = (point) => new Point(point.x + offset);
`;
const PROGRAM = `
  import { isMain, Pool, ref, run } from 'brood';
  import { offset } from './offset.js';
  const tasks = ref(new URL('./tasks.js', import.meta.url));
  const scale = (n) => n * 10;
  async function main() {
    const pool = new Pool(1);
    console.log(JSON.stringify([
      await pool.apply(tasks.add, [1]),
      await pool.map(tasks.add, [1, 2]),
      await run(tasks.add, [3]),
      await pool.map((n) => scale(n) + offset, [1, 2]),
    ]));
    pool.close();
    await pool.join();
  }
  void main();
`;

for (const [what, options] of Object.entries({
  'beside the package': { external: ['brood'] },
  'beside the package, minified, with source maps': { external: ['brood'], minify: true, sourcemap: true },
  'in chunks': { external: ['brood'], splitting: true },
})) {
  test(`A bundle made by esbuild works with ref(), and with closures: ${what}`, async () => {
    const project = new ProgramFolder();
    project.write('src/offset.js', 'export const offset = 100;');
    project.write('src/tasks.js', TASKS);
    project.write('src/program.js', PROGRAM);
    project.write('package.json', '{ "type": "module" }');
    await build({
      absWorkingDir: project.path,
      entryPoints: ['src/program.js', 'src/tasks.js'],
      outdir: 'dist',
      bundle: true,
      format: 'esm',
      platform: 'node',
      ...options,
    });
    assert.deepEqual(await project.run(join(project.path, 'dist/program.js')), [[101, [101, 102], 103, [110, 120]]]);
  });
}

test('A bundle that holds the package itself says what to leave out', async () => {
  const project = new ProgramFolder();
  const path = project.write(
    'program.mjs',
    `
    console.log(JSON.stringify(await import('brood').catch(({ message }) => message)));
  `,
  );
  const outfile = join(project.path, 'dist/program.mjs');
  await build({ entryPoints: [path], outfile, bundle: true, format: 'esm', platform: 'node', external: ['koffi'] });
  const [message] = (await project.run(outfile)) as [string];
  assert.match(message, /^Cannot load brood: .*leave brood out of the bundle \(esbuild: --external:brood\)$/);
});
