import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/build/command.mjs';
import { installOnce } from '../../scripts/build/install-once.mjs';

const modules = join(root, 'benchmarks', 'node_modules');

/** Installs the peers, and makes `brood` this checkout. */
export async function prepare() {
  await installOnce('benchmarks', 'the peers');
  mkdirSync(modules, { recursive: true });
  rmSync(join(modules, 'brood'), { force: true });
  symlinkSync(join('..', '..'), join(modules, 'brood'));
}
