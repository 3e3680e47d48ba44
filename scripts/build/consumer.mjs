import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cache, root, run, runTool } from './command.mjs';
import { contentHash, filesUnder } from './files.mjs';
import { withLock } from './lock.mjs';

const consumers = join(cache, 'consumer');
const HOUR = 3_600_000;

/**
 * A project that has installed the packed package as users do, with the compiled tests beside its node_modules.
 * It is named after its contents, so it is made once, and a run keeps its own while someone else builds another.
 * `arch`: whose native parts it gets.
 */
export function prepareConsumer({ arch = process.arch } = {}) {
  return withLock(async () => {
    removeOldConsumers();
    const tarball = await pack();
    const home = join(consumers, `${contentHash([tarball])}-${arch}`);
    await once(home, () => install(home, tarball, arch));
    const tests = join(home, `test-${contentHash([...filesUnder('test'), 'tsconfig.json'])}`);
    await once(tests, () => compileTests(tests));
    return { home, package: join(home, 'node_modules', 'brood'), tests };
  });
}

/** Makes `folder` unless it was finished before. */
async function once(folder, make) {
  const mark = join(folder, '.finished');
  if (existsSync(mark)) return utimesSync(folder, new Date(), new Date());
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await make();
  writeFileSync(mark, '');
}

/** @returns the tarball's path, relative to the repository */
async function pack() {
  const folder = join(cache, 'pack');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run('npm', ['pack', '--pack-destination', folder, '--ignore-scripts', '--silent']);
  return join('.cache', 'pack', readdirSync(folder)[0]);
}

async function install(home, tarball, arch) {
  cpSync(join(root, tarball), join(home, 'brood.tgz'));
  const project = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: { brood: 'file:brood.tgz' },
    // What tests of internals import, by a link: the very modules that the package itself runs on.
    imports: { '#dist/*': './dist/*' },
  };
  writeFileSync(join(home, 'package.json'), JSON.stringify(project));
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  await run('npm', ['install', `--cpu=${arch}`, ...quiet], { cwd: home });
  symlinkSync(join('node_modules', 'brood', 'dist'), join(home, 'dist'));
}

/** TypeScript is compiled, everything else copied; below test/fixtures/raw/ TypeScript is copied too. */
async function compileTests(folder) {
  await runTool('tsc', ['-p', 'test/tsconfig.json', '--outDir', folder]);
  const isCompiled = (path) => path.endsWith('.ts') && !path.startsWith('test/fixtures/raw/');
  for (const path of filesUnder('test').filter((it) => !isCompiled(it) && it !== 'test/tsconfig.json')) {
    const target = join(folder, path.slice('test/'.length));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, path), target);
  }
}

function removeOldConsumers() {
  if (!existsSync(consumers)) return;
  for (const name of readdirSync(consumers)) {
    const folder = join(consumers, name);
    if (Date.now() - statSync(folder).mtimeMs > 6 * HOUR) rmSync(folder, { recursive: true, force: true });
  }
}
