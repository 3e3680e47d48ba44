import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ref } from 'brood';
import { rejectLater, throwBesides, throwError, throwNull } from '../fixtures/process/targets.js';
import { runToEnd } from './child.js';

const broken = new URL('../fixtures/process/broken.mjs', import.meta.url);

test('An error of the target goes to stderr behind the name of the process, and the exit code is 1', async (t) => {
  const { exitCode, stderr, stdout } = await runToEnd(t, {
    target: throwError,
    args: ['no such page'],
    name: 'printer',
  });
  assert.equal(exitCode, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^Process printer:\nRangeError: no such page\n +at throwError \(.*targets\.js:\d+:\d+\)/);
  assert.match(stderr, /code: 'E_SAMPLE'/);
  assert.match(stderr, /\[cause\]: Error: the cause/);
});

test('A rejection of the target is reported in the same way', async (t) => {
  const { exitCode, stderr } = await runToEnd(t, { target: rejectLater, args: ['too late'], name: 'slow' });
  assert.equal(exitCode, 1);
  assert.match(stderr, /^Process slow:\nError: too late\n +at rejectLater/);
});

test('A target may throw what is no error', async (t) => {
  const { exitCode, stderr } = await runToEnd(t, { target: throwNull, name: 'odd' });
  assert.equal(exitCode, 1);
  assert.match(stderr, /^Process odd:\nUncaught null\n/);
});

test('An uncaught exception besides the target ends the process with 1, behind its name', async (t) => {
  const { exitCode, stderr } = await runToEnd(t, { target: throwBesides, args: ['throw', 'besides'], name: 'two' });
  assert.equal(exitCode, 1);
  assert.match(stderr, /Process two:\n/);
  assert.match(stderr, /RangeError: besides\n +at throwError/);
});

test('An unhandled rejection besides the target ends the process with 1, behind its name', async (t) => {
  const { exitCode, stderr } = await runToEnd(t, { target: throwBesides, args: ['reject', 'aside'], name: 'three' });
  assert.equal(exitCode, 1);
  assert.match(stderr, /Process three:\n/);
  assert.match(stderr, /Error: aside\n +at throwBesides/);
});

test('A module that cannot be loaded ends the process with 1 and says why', async (t) => {
  const module = ref<{ run: () => void }>(broken);
  const { exitCode, stderr } = await runToEnd(t, { target: module.run, name: 'loader' });
  assert.equal(exitCode, 1);
  assert.match(stderr, /^Process loader:\nError: broken at its top level\n/);
  const absent = ref<{ run: () => void }>(new URL('./no-such-module.mjs', import.meta.url));
  const second = await runToEnd(t, { target: absent.run, name: 'seeker' });
  assert.equal(second.exitCode, 1);
  assert.match(second.stderr, /^Process seeker:\n.*no-such-module\.mjs/);
});

test('An export that a module does not have ends the process with 1 and names those it has', async (t) => {
  const targets = ref<Record<string, () => void>>(new URL('../fixtures/process/targets.js', import.meta.url));
  const { exitCode, stderr } = await runToEnd(t, { target: targets.misspelt as NonNullable<typeof targets.misspelt> });
  assert.equal(exitCode, 1);
  assert.match(stderr, /misspelt.*nothing/);
});
