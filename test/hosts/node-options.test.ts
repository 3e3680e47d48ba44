import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ProgramFolder } from '../support/program-folder.js';

const programs = new ProgramFolder();

/** What is set in this process, by an exported function, by a closure, and by a Process. */
const REPORT = `
  import { isMain, Pool, run } from 'brood';
  export const look = () => globalThis.loaded ?? null;
  if (isMain(import.meta)) {
    const pool = new Pool(1);
    const here = look();
    const seen = [here, await pool.apply(look), await pool.apply(() => globalThis.loaded ?? null), await run(look)];
    console.log(JSON.stringify(seen));
    pool.terminate();
  }
`;

test('Workers load what --import and --require of the program name', async () => {
  const path = programs.write('report.mjs', REPORT);
  const imported = pathToFileURL(programs.write('imported.mjs', "globalThis.loaded = 'imported';")).href;
  const required = programs.write('required.cjs', "globalThis.loaded = 'required';");
  assert.deepEqual(await programs.run('--import', imported, path), [Array(4).fill('imported')]);
  assert.deepEqual(await programs.run(`--import=${imported}`, path), [Array(4).fill('imported')]);
  assert.deepEqual(await programs.run('--require', required, path), [Array(4).fill('required')]);
  assert.deepEqual(await programs.run('-r', './required.cjs', path), [Array(4).fill('required')]);
});

test('Workers resolve by the --conditions of the program', async () => {
  programs.write(
    'node_modules/conditional/package.json',
    '{ "exports": { "special": "./special.mjs", "default": "./default.mjs" } }',
  );
  programs.write('node_modules/conditional/special.mjs', "export const which = () => 'special';");
  programs.write('node_modules/conditional/default.mjs', "export const which = () => 'default';");
  const path = programs.write(
    'conditions.mjs',
    `
    import { Pool } from 'brood';
    import { which } from 'conditional';
    const pool = new Pool(1);
    console.log(JSON.stringify([which(), await pool.apply(which), await pool.apply(() => which())]));
    pool.terminate();
  `,
  );
  assert.deepEqual(await programs.run(path), [Array(3).fill('default')]);
  assert.deepEqual(await programs.run('--conditions=special', path), [Array(3).fill('special')]);
  assert.deepEqual(await programs.run('-C', 'special', path), [Array(3).fill('special')]);
});

test('Workers obey the NODE_OPTIONS of the program', () => {
  const path = programs.write(
    'heap.mjs',
    `
    import { Pool } from 'brood';
    const pool = new Pool(1);
    const limit = () => Math.round(process.getBuiltinModule('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20);
    console.log(limit() === (await pool.apply(limit)), globalThis.loaded, await pool.apply(() => globalThis.loaded));
    pool.terminate();
  `,
  );
  programs.write('with space.cjs', "globalThis.loaded = 'spaced';");
  const NODE_OPTIONS = `--max-old-space-size=333 --require "${join(programs.path, 'with space.cjs')}"`;
  const run = spawnSync(process.execPath, [path], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS } });
  assert.deepEqual([run.stdout, run.stderr], ['true spaced spaced\n', '']);
});

for (const place of ['the command line', 'NODE_OPTIONS']) {
  test(`Workers leave the port of --inspect in ${place} to the program`, () => {
    const path = programs.write(
      'inspected.mjs',
      `
      import { Pool } from 'brood';
      import { url } from 'node:inspector';
      const pool = new Pool(2);
      const urls = await pool.map(() => url() ?? null, [1, 2, 3]);
      console.log(JSON.stringify([typeof url(), ...urls]));
      pool.terminate();
    `,
    );
    const inspect = '--inspect=127.0.0.1:0';
    const [args, env] =
      place === 'NODE_OPTIONS' ? [[path], { NODE_OPTIONS: `${inspect} --no-warnings` }] : [[inspect, path], {}];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, ...env } });
    assert.equal(run.stdout, '["string",null,null,null]\n');
    assert.equal(run.stderr.match(/Debugger listening/g)?.length, 1, run.stderr);
    assert.doesNotMatch(run.stderr, /in use/);
  });
}

const [major] = process.versions.node.split('.').map(Number) as [number];
const permission = [major < 22 ? '--experimental-permission' : '--permission', '--allow-fs-read=*'];
const PERMITTED = `
  import { Pool, Process, ref } from 'brood';
  export const permitted = (scope) => process.permission.has(scope);
  if (process.argv[1] === import.meta.filename) {
    const { permitted } = ref(new URL(import.meta.url));
    const show = (promise) => promise.then((it) => it, ({ name, message }) => name + ': ' + message);
    const pool = new Pool(1);
    console.log(JSON.stringify([
      await show(pool.map(permitted, ['child', 'fs.write'])),
      await show((async () => pool.apply((n) => n, [1]))()),
      await show((async () => { const child = new Process({ target: permitted, args: ['child'] }); child.start(); await child.join(); return child.exitCode; })()),
    ]));
    pool.terminate();
  }
`;

async function permitted(...options: string[]): Promise<unknown[]> {
  const path = programs.write('permitted.mjs', PERMITTED);
  return (await programs.run('--no-warnings', ...permission, ...options, path))[0] as unknown[];
}

test('With --permission workers run as allowed, and have no more rights than the program', async () => {
  for (const addons of [['--allow-addons'], []]) {
    const [rights, closure, exitCode] = await permitted('--allow-child-process', ...addons);
    assert.deepEqual([rights, exitCode], [[true, false], 0]);
    assert.equal(
      closure,
      "SerializationError: Cannot send fn: an anonymous function cannot be looked up, because --permission keeps V8's inspector from this program; pass ref(module).name",
    );
  }
});

test('With --permission that forbids processes a pool and a Process say what to allow', async () => {
  const [pool, , child] = await permitted();
  assert.match(
    String(pool),
    /^WorkerStartError: Cannot start the workers of Pool-1: Cannot start PoolWorker-\d+: --permission keeps this program from starting processes; allow it with --allow-child-process/,
  );
  assert.match(String(child), /^SpawnError: Cannot start Process-1: --permission keeps this program/);
});

test('With --permission and --allow-inspector closures cross', {
  skip: major < 24 && 'there is no --allow-inspector',
}, async () => {
  const [, closure] = await permitted('--allow-child-process', '--allow-inspector');
  assert.equal(closure, 1);
});

test('Programs and modules may lie at paths with spaces and other characters', async () => {
  const folder = "päth with 空白 % # ? 'quotes' [x]/sub";
  programs.write(`${folder}/tâsk #1.cjs`, 'exports.double = (n) => 2 * n; exports.where = () => __filename;');
  programs.write(
    `${folder}/dép.mjs`,
    'export class Point { constructor(x) { this.x = x; } }\nexport const triple = (n) => 3 * n;',
  );
  const path = programs.write(
    `${folder}/prögram one.mjs`,
    `
    import { basename } from 'node:path';
    import { isMain, Pool, ref, run } from 'brood';
    import { Point, triple } from './dép.mjs';
    import task from './tâsk%20%231.cjs';
    export const own = (n) => 4 * n;
    if (isMain(import.meta)) {
      const pool = new Pool(1);
      const k = 5;
      console.log(JSON.stringify([
        await pool.apply(task.double, [1]), await pool.apply(triple, [1]), await pool.apply(own, [1]),
        await pool.apply((n) => n * k + triple(0), [1]), await pool.apply(ref(new URL('./dép.mjs', import.meta.url)).triple, [1]),
        basename(await pool.apply(task.where)), basename(await pool.apply(() => import.meta.filename ?? new URL(import.meta.url).pathname)) !== '',
        (await pool.apply((p) => p instanceof Point && p, [new Point(1)])) instanceof Point, await run(own, [2]),
      ]));
      pool.terminate();
    }
  `,
  );
  assert.deepEqual(await programs.run(path), [[2, 3, 4, 5, 3, 'tâsk #1.cjs', true, true, 8]]);
});
