import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { root, runTool } from './command.mjs';
import { writeCommonJsEntries } from './common-js.mjs';
import { withLock } from './lock.mjs';

// Beside dist/ and not in .cache/, so that the source maps' relative paths stay right after the rename.
const next = join(root, '.dist-next');
const dist = join(root, 'dist');

/** Compiles src/ to a clean dist/: types by tsc, programs by esbuild. If it does not compile, dist/ stays what it was. */
export function compile() {
  return withLock(async () => {
    rmSync(next, { recursive: true, force: true });
    try {
      // One after the other: what fails leaves nobody writing.
      await runTool('tsc', ['-p', 'tsconfig.json', '--emitDeclarationOnly', '--outDir', next]);
      await bundle(next);
      writeCommonJsEntries(next);
      const program = join(next, 'cli', 'brood-main.js');
      if (existsSync(program)) chmodSync(program, 0o755);
      rmSync(dist, { recursive: true, force: true });
      renameSync(next, dist);
    } finally {
      rmSync(next, { recursive: true, force: true });
    }
  });
}
