import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerStartError } from 'brood';
import * as deaths from '../fixtures/pool/deaths.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { rejection } from '../pool/support.js';
import { ENDS, open } from './deaths.js';

for (const way of deaths.WAYS) {
  test(`A worker that ends by ${way} in its initializer fails all tasks with the cause`, async (t) => {
    const pool = open(t, { initializer: deaths.run, initArgs: [way] });
    const error = await rejection<WorkerStartError>(pool.apply(tasks.add, [1, 1]));
    assert.ok(error instanceof WorkerStartError, String(error));
    const { signal, exitCode } = ENDS[way];
    const how = signal ? new RegExp(`${signal}|heap`) : new RegExp(`code ${exitCode}`);
    assert.match(String((error.cause as Error).message), how);
  });
}
