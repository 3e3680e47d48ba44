import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setSparePreload } from 'brood';
import { fixture, Program, runProgram } from './program.js';

interface Line {
  readonly [name: string]: unknown;
}

/** What a case of the fixture prints; it ends by itself, though a spare is kept. */
async function runCase(t: TestContext, name: string, ...args: string[]): Promise<{ lines: Line[]; stderr: string }> {
  const { status, stdout, stderr } = await runProgram(t, [fixture('spares.mjs'), name, ...args]);
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.equal(lines.pop(), 'end');
  return { lines: lines.map((line) => JSON.parse(line) as Line), stderr };
}

test('A spare takes the work of the next process, and is nobody until then', async (t) => {
  const { lines, stderr } = await runCase(t, 'handedOver');
  assert.equal(stderr, '');
  const [first, active, second, end] = lines as [Line, Line, Line, Line];
  assert.deepEqual(first.args, ['first']);
  assert.deepEqual(active, { active: 0 });
  assert.equal(second.method, 'spare', 'a child starts its own as its parent does');
  assert.deepEqual(end, { isSpare: true, exitCode: 0 });
});

test('A spare is not used where environment or directory have changed since', async (t) => {
  const { lines } = await runCase(t, 'environment');
  assert.deepEqual(
    lines.map(({ sample, cwd }) => [sample, cwd === '/']),
    [
      [undefined, false],
      ['changed', false],
      ['changed', true],
    ],
  );
});

test('A spare that was killed a moment ago is not used', async (t) => {
  const { lines } = await runCase(t, 'killed');
  assert.deepEqual(lines[2], { isOther: true, exitCode: 0 });
});

test('A spare imports what it is told while it waits', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spares-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { lines, stderr } = await runCase(t, 'preload', folder);
  assert.equal(stderr, '');
  assert.deepEqual(
    lines.map(({ loaded }) => loaded),
    [undefined, 'before it was known what for'],
  );
});

test('A module that a spare cannot import is a warning, and the spare is used', async (t) => {
  const { lines, stderr } = await runCase(t, 'brokenPreload');
  assert.match(stderr, /\[BROOD_PRELOAD_FAILED\] Warning: Cannot preload "file:.*no-such-module\.mjs"/);
  assert.deepEqual(lines[2], { isSpare: true, exitCode: 0 });
});

test('A lost worker of a pool is replaced by a spare', async (t) => {
  const { lines } = await runCase(t, 'pool');
  assert.deepEqual(lines, [{ isSpare: true }]);
});

test('No spare survives its program, however that ends', async (t) => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const running = new Program(t, [fixture('spares.mjs'), 'hang']);
    await running.waitFor(/"spare"/);
    running.child.kill(signal);
    assert.equal((await running.exited).signal, signal);
    assert.deepEqual(await running.survivors(), []);
  }
});

test('setSparePreload() takes URLs, paths and names, and refuses the rest', () => {
  setSparePreload([new URL(import.meta.url), import.meta.url, '/some/path.js', 'node:fs', 'fs', 'brood']);
  setSparePreload([]);
  assert.throws(() => setSparePreload('node:fs' as never), TypeError);
  assert.throws(() => setSparePreload([1 as never]), TypeError);
  assert.throws(() => setSparePreload(['no-such-package-at-all']), { code: 'MODULE_NOT_FOUND' });
});
