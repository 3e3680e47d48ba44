import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Pool, type PoolOptions, WorkerLostError } from 'brood';
import type { Way } from '../fixtures/pool/deaths.js';
import { openPool } from '../pool/support.js';

/** What the end of a process looks like from outside. */
export const ENDS: Record<Way, Pick<WorkerLostError, 'exitCode' | 'signal' | 'reason'>> = {
  SIGKILL: { exitCode: -9, signal: 'SIGKILL', reason: 'signal' },
  SIGSEGV: { exitCode: -11, signal: 'SIGSEGV', reason: 'signal' },
  SIGABRT: { exitCode: -6, signal: 'SIGABRT', reason: 'signal' },
  SIGBUS: { exitCode: -7, signal: 'SIGBUS', reason: 'signal' },
  'exit 0': { exitCode: 0, signal: null, reason: 'exit' },
  'exit 1': { exitCode: 1, signal: null, reason: 'exit' },
  'uncaught error': { exitCode: 1, signal: null, reason: 'exit' },
  'unhandled rejection': { exitCode: 1, signal: null, reason: 'exit' },
  'heap exhausted': { exitCode: -6, signal: 'SIGABRT', reason: 'out-of-memory' },
};
/** These end a process in a later turn: what happens in one step is over by then. */
export const LATER: readonly Way[] = ['uncaught error', 'unhandled rejection'];

export function open(t: TestContext, options: PoolOptions = {}): Pool {
  return openPool(t, { processes: 1, stdio: 'ignore', execArgv: ['--max-old-space-size=48'], ...options });
}

export function assertLost(error: Error, way: Way): void {
  assert.ok(error instanceof WorkerLostError, `${way}: ${error}`);
  const { exitCode, signal, reason, attempts, pid } = error;
  assert.deepEqual({ exitCode, signal, reason }, ENDS[way], way);
  assert.equal(attempts, 1);
  assert.ok(pid > 0);
}
