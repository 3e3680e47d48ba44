import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brood, parseLines, resultsOf } from './brood.ts';

const MODULE = `
interface Box<T> { readonly value: T }
export function unbox(text: string): number {
  const box: Box<number> = { value: Number(text) };
  return box.value satisfies number;
}
`;
const WITH_JSX = `
const React = { createElement: (name: string, _: unknown, text: string): string => name + ':' + text };
export const render = (text: string): string => <p>{text}</p> as unknown as string;
`;
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

/** Below the repository, so that its tsx is found. */
const nearTsx = mkdtempSync(fileURLToPath(new URL('./typescript-', import.meta.url)));
/** Where no tsx is in reach. */
const far = mkdtempSync('/tmp/brood-cli-typescript-');
const hasTsxInReach = canResolve('tsx', far);

before(() => {
  for (const folder of [nearTsx, far]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'unbox.ts'), MODULE);
    writeFileSync(join(folder, 'unbox.mts'), MODULE);
    writeFileSync(join(folder, 'render.tsx'), WITH_JSX);
  }
});
after(() => {
  for (const folder of [nearTsx, far]) rmSync(folder, { recursive: true, force: true });
});

test('A TypeScript module runs: by Node itself where it strips types, else through tsx', async () => {
  for (const name of ['unbox.ts', 'unbox.mts']) {
    const { status, stdout, stderr } = await brood(['map', `${join(nearTsx, name)}#unbox`, '1', '2']);
    assert.equal(status, 0, stderr);
    assert.deepEqual(resultsOf(parseLines(stdout)), [1, 2]);
  }
});

test('tsx is found from the current folder too', async () => {
  const { stdout, stderr } = await brood(['map', `${join(far, 'unbox.mts')}#unbox`, '7'], { cwd: nearTsx });
  assert.deepEqual(resultsOf(parseLines(stdout)), [7], stderr);
});

test('A module with JSX runs through tsx on every Node', async () => {
  const { stdout, stderr } = await brood(['map', `${join(nearTsx, 'render.tsx')}#render`, 'x']);
  assert.deepEqual(resultsOf(parseLines(stdout)), ['p:x'], stderr);
});

test('Without Node and tsx the error says what to do', { skip: hasTsxInReach }, async () => {
  const jsx = await brood(['map', `${join(far, 'render.tsx')}#render`, 'x'], { cwd: far });
  assert.equal(jsx.status, 2);
  assert.match(jsx.stderr, /Cannot load ".*": Node runs no JSX, and tsx is not installed; run "npm install/);
  if (stripsTypes) return;
  const { status, stderr } = await brood(['map', `${join(far, 'unbox.ts')}#unbox`, '1'], { cwd: far });
  assert.equal(status, 2);
  assert.match(
    stderr,
    /Cannot load ".*unbox\.ts": Node v\S+ runs no TypeScript by itself, and tsx is not installed; run "npm/,
  );
});

function canResolve(name: string, folder: string): boolean {
  try {
    createRequire(join(folder, 'from-here.js')).resolve(name);
    return true;
  } catch {
    return false;
  }
}
