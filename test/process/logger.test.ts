import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getLogger } from 'brood';
import { fixture, runProgram } from './program.js';

test('Nothing is logged by default', async (t) => {
  const { stderr } = await runProgram(t, [fixture('logging.mjs'), 'none']);
  assert.equal(stderr, '');
});

test('logToStderr() shows starts and ends, and what user code logs, from its level up, also in children', async (t) => {
  const { stderr } = await runProgram(t, [fixture('logging.mjs'), 'info']);
  assert.match(stderr, /^\[INFO\/MainProcess\] started Process-1 \(pid \d+\)$/m);
  assert.match(stderr, /^\[INFO\/MainProcess\] Process-1 ended with exit code 0$/m);
  assert.match(stderr, /^\[WARN\/Process-1\] from the child$/m);
  assert.doesNotMatch(stderr, /too much detail/);
});

test('logToStderr() without a level shows everything', async (t) => {
  const { stderr } = await runProgram(t, [fixture('logging.mjs'), 'default']);
  assert.match(stderr, /^\[DEBUG\/Process-1\] too much detail$/m);
});

test('logToStderr("error") shows errors only', async (t) => {
  const { stderr } = await runProgram(t, [fixture('logging.mjs'), 'error']);
  assert.equal(stderr, '[ERROR/Process-1] a failure\n');
});

test('getLogger() is one object; its level must be a level', () => {
  const logger = getLogger();
  assert.equal(getLogger(), logger);
  assert.throws(() => {
    logger.level = 'loud';
  }, /RangeError: .*"loud".*debug, info, warn, error/);
});
