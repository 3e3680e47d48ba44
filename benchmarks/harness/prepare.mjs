import { existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../scripts/build/command.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
const modules = join(folder, 'node_modules');

/** Installs the peers where that was not done since the lock file changed, and makes `brood` this checkout. */
export async function prepare() {
  const installed = join(modules, '.package-lock.json');
  const age = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
  if (age(installed) < age(join(folder, 'package-lock.json'))) {
    console.error('Installing the peers in benchmarks/');
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  }
  mkdirSync(modules, { recursive: true });
  rmSync(join(modules, 'brood'), { force: true });
  symlinkSync(join('..', '..'), join(modules, 'brood'));
}
