import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ProgramFolder } from '../support/program-folder.js';
import { isMissing, tool } from './tools.js';

const exec = promisify(execFile);

/** What was packed, beside the node_modules it is installed in. */
const tarball = join(dirname(dirname(dirname(fileURLToPath(import.meta.resolve('brood/package.json'))))), 'brood.tgz');

/** A package of the project, used by name: by an export of its own, in closures, with instances and errors. */
const LIBRARY = {
  'package.json': '{ "name": "library", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
  'index.js': `
    export const triple = (n) => 3 * n;
    export class Point { constructor(x) { this.x = x; } }
    export class Refusal extends Error { constructor(n) { super('no ' + n); } }
    export const refuse = (n) => { throw new Refusal(n); };
  `,
};
const PROGRAM = `
  import { Pool } from 'brood';
  import { Point, Refusal, refuse, triple } from 'library';
  const pool = new Pool(1);
  const k = 2;
  console.log(JSON.stringify([
    await pool.apply(triple, [2]),
    await pool.map((n) => triple(n) + k, [1, 2]),
    (await pool.apply((it) => it instanceof Point && it, [new Point(1)])) instanceof Point,
    await pool.apply(refuse, [1]).catch((error) => error instanceof Refusal && error.message),
  ]));
  pool.close();
  await pool.join();
`;
const EXPECTED = [[6, [5, 8], true, 'no 1']];

function writeLibrary(project: ProgramFolder, folder: string): string {
  for (const [name, text] of Object.entries(LIBRARY)) project.write(join(folder, name), text);
  return join(project.path, folder);
}

function link(project: ProgramFolder, path: string, target: string): void {
  mkdirSync(dirname(join(project.path, path)), { recursive: true });
  symlinkSync(target, join(project.path, path));
}

/** Whether packages can be had at all, and soon; a manager that cannot fetch any is not what is tested. */
async function install(project: ProgramFolder, ...command: string[]): Promise<boolean> {
  const env = { ...process.env, CI: '1', COREPACK_ENABLE_STRICT: '0' };
  try {
    await exec(process.execPath, command, { cwd: project.path, env, timeout: 50_000 });
    return true;
  } catch (error) {
    const { stdout, stderr, killed } = error as { stdout: string; stderr: string; killed: boolean };
    const text = `${stdout}\n${stderr}`;
    if (
      killed ||
      /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ECONNRESET|RequestError|ERR_PNPM_NO_OFFLINE|ERR_PNPM_\w*FETCH|ERR_SOCKET_TIMEOUT|fetch failed/.test(
        text,
      )
    )
      return false;
    throw new Error(text, { cause: error });
  }
}

test('Packages that are symlinks work, with --preserve-symlinks too', async () => {
  const project = new ProgramFolder();
  link(project, 'node_modules/library', writeLibrary(project, 'elsewhere/library'));
  const path = project.write('program.mjs', PROGRAM);
  assert.deepEqual(await project.run(path), EXPECTED);
  assert.deepEqual(await project.run('--preserve-symlinks', path), EXPECTED);
  link(project, 'linked/program.mjs', path);
  assert.deepEqual(await project.run(join(project.path, 'linked/program.mjs')), EXPECTED);
});

test('Workspaces work, in a package of which another lies in the same repository', async () => {
  const project = new ProgramFolder();
  project.write('package.json', '{ "private": true, "workspaces": ["packages/*"] }');
  writeLibrary(project, 'packages/library');
  link(project, 'node_modules/library', '../packages/library');
  project.write('packages/app/package.json', '{ "name": "app", "type": "module", "dependencies": { "library": "*" } }');
  const path = project.write('packages/app/program.js', PROGRAM);
  assert.deepEqual(await project.run(path), EXPECTED);
});

test('A layout of a store and symlinks works, as pnpm makes it', async () => {
  const project = new ProgramFolder();
  const installed = realpathSync(join(project.path, 'node_modules/brood'));
  rmSync(join(project.path, 'node_modules/brood'));
  const store = 'node_modules/.pnpm';
  cpSync(installed, join(project.path, store, 'brood@1/node_modules/brood'), { recursive: true });
  for (const name of ['acorn', 'commander', 'es-module-lexer', 'koffi', 'tinyglobby', 'ws'])
    link(project, `${store}/brood@1/node_modules/${name}`, join(dirname(installed), name));
  link(project, 'node_modules/brood', '.pnpm/brood@1/node_modules/brood');
  writeLibrary(project, `${store}/library@1/node_modules/library`);
  link(project, 'node_modules/library', '.pnpm/library@1/node_modules/library');
  assert.deepEqual(await project.run(project.write('program.mjs', PROGRAM)), EXPECTED);
});

const MANIFEST = JSON.stringify({
  private: true,
  type: 'module',
  dependencies: { brood: 'file:./brood.tgz', library: 'file:./packages/library' },
});

function projectToInstall(): ProgramFolder {
  const project = new ProgramFolder();
  rmSync(join(project.path, 'node_modules'), { recursive: true });
  cpSync(tarball, join(project.path, 'brood.tgz'));
  writeLibrary(project, 'packages/library');
  project.write('package.json', MANIFEST);
  return project;
}

test('What pnpm installs works', { skip: isMissing, timeout: 120_000 }, async (t) => {
  const project = projectToInstall();
  const options = ['--ignore-scripts', '--store-dir', 'store', '--config.cache-dir=cache', '--config.state-dir=state'];
  if (!(await install(project, tool('pnpm/bin/pnpm.cjs'), 'install', ...options))) return t.skip('no registry');
  assert.ok(lstatSync(join(project.path, 'node_modules/brood')).isSymbolicLink());
  assert.deepEqual(await project.run(project.write('program.mjs', PROGRAM)), EXPECTED);
});

test("Yarn's Plug'n'Play works", { skip: isMissing, timeout: 120_000 }, async (t) => {
  const project = projectToInstall();
  const yarn = tool('@yarnpkg/cli-dist/bin/yarn.js');
  const { stdout: registry } = await exec('npm', ['config', 'get', 'registry']);
  project.write('yarn.lock', '');
  project.write(
    '.yarnrc.yml',
    `nodeLinker: pnp\nenableImmutableInstalls: false\nenableGlobalCache: false\nglobalFolder: ./global\nenableTelemetry: false\nnpmRegistryServer: "${registry.trim().replace(/\/$/, '')}"\n`,
  );
  if (!(await install(project, yarn, 'install', '--mode=skip-build'))) return t.skip('no registry');
  const path = project.write('program.mjs', PROGRAM);
  assert.deepEqual(await project.run(yarn, 'node', '--no-warnings', path), EXPECTED);
});
