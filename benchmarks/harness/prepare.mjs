import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../scripts/build/command.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
const modules = join(folder, 'node_modules');

/** Installs the peers where that was not done since the lock file changed, and makes `brood` this checkout. */
export async function prepare() {
  const [wanted, installed] = [join(folder, 'package-lock.json'), join(modules, '.installed-lock.json')];
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== readFileSync(wanted, 'utf8')) {
    console.error('Installing the peers in benchmarks/');
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
    copyFileSync(wanted, installed);
  }
  mkdirSync(modules, { recursive: true });
  rmSync(join(modules, 'brood'), { force: true });
  symlinkSync(join('..', '..'), join(modules, 'brood'));
}
