import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = dirname(require.resolve('brood/package.json'));
const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];

/** A program, whose first line is its name, and what it prints. */
const PROGRAM = /```js\n\/\/ (\S+)\n(.*?)```\n\n```text\n(.*?)```/gs;

const programs = documents
  .filter((path) => path.endsWith('.md'))
  .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(PROGRAM)].map((match) => ({ path, match })))
  .map(({ path, match: [, name, source, output] }) => ({
    path,
    name: name as string,
    source: source as string,
    output: output as string,
  }));

test('README shows at least three programs with their output', () => {
  assert.ok(programs.filter(({ path }) => path === 'README.md').length >= 3);
});

const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

for (const { path, name, source, output } of programs) {
  const forms = path === 'README.md' ? ['.mjs', '.ts'] : ['.mjs'];
  for (const form of forms) {
    const file = name.replace(/\.\w+$/, form);
    test(`${path}: ${file} prints what it says`, () => {
      // Beside the tests, so that the program finds the installed package as a user's would.
      const folder = mkdtempSync(fileURLToPath(new URL('readme-', import.meta.url)));
      try {
        const program = join(folder, file);
        writeFileSync(program, source);
        const loader = form === '.ts' && !stripsTypes ? ['--import', import.meta.resolve('tsx')] : [];
        const run = spawnSync(process.execPath, [...loader, program], { encoding: 'utf8', timeout: 60_000 });
        assert.deepEqual(
          { status: run.status, stdout: run.stdout, stderr: run.stderr },
          { status: 0, stdout: output.replaceAll(name, file), stderr: '' },
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
}
