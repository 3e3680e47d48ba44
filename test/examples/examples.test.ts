import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const OUTPUT: Readonly<Record<string, string>> = {
  primes: '17984 primes below 200000\n',
  histogram: 'words: 2000\n',
  deadline: '6 takes 8 steps\n7 takes 16 steps\n15 ran out of time\n27 takes 111 steps\n',
};

const examples = join(dirname(createRequire(import.meta.url).resolve('brood/package.json')), 'examples');
// Beside the tests, so that the programs find the installed package as a user's would; Node strips no types in packages.
const folder = mkdtempSync(fileURLToPath(new URL('examples-', import.meta.url)));
after(() => rmSync(folder, { recursive: true }));
cpSync(examples, folder, { recursive: true });
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');

const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

test('Every example is there in three forms', () => {
  const names = Object.keys(OUTPUT).flatMap((name) => ['cjs', 'mjs', 'ts'].map((form) => `${name}.${form}`));
  assert.deepEqual(readdirSync(examples).sort(), ['README.md', ...names].sort());
});

for (const [name, output] of Object.entries(OUTPUT)) {
  for (const form of ['mjs', 'cjs', 'ts']) {
    test(`examples/${name}.${form} runs`, () => {
      const loader = form === 'ts' && !stripsTypes ? ['--import', import.meta.resolve('tsx')] : [];
      const run = spawnSync(process.execPath, [...loader, join(folder, `${name}.${form}`)], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.deepEqual(
        { status: run.status, stdout: run.stdout, stderr: run.stderr },
        { status: 0, stdout: output, stderr: '' },
      );
    });
  }
}
