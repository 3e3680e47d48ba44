import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './command.mjs';

/**
 * Installs what the lock file of a folder names, where that was not done since the file changed: tools that the repository's
 * own node_modules/ should not have. Rejects as npm fails.
 */
export async function installOnce(folder, what) {
  const home = join(root, folder);
  const [wanted, installed] = [join(home, 'package-lock.json'), join(home, 'node_modules', '.installed-lock.json')];
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8')) return;
  console.error(`Installing ${what} in ${folder}/`);
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: home });
  copyFileSync(wanted, installed);
}
