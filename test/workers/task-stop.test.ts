import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TaskStop } from '#dist/workers/task-stop.js';

/** Stops a task, and writes down what that did to its worker. A look takes until `finish` is called. */
class Stopping {
  readonly deeds: string[] = [];
  readonly stop: TaskStop;
  finish: (frames: string[]) => void = () => {};

  constructor(reason: 'timeout' | 'cancel', grace: number) {
    this.stop = new TaskStop(reason, grace, {
      pid: 1,
      ask: () => this.deeds.push('ask'),
      look: () => {
        this.deeds.push('look');
        return new Promise((resolve) => {
          this.finish = resolve;
        });
      },
      kill: () => this.deeds.push('kill'),
    });
  }

  async until(deed: string): Promise<void> {
    while (!this.deeds.includes(deed)) await sleep(5);
  }
}

test('A task that hears is not looked into, and is killed only after the grace', async () => {
  const stopping = new Stopping('timeout', 300);
  const begin = performance.now();
  stopping.stop.heard();
  await stopping.until('kill');
  assert.deepEqual(stopping.deeds, ['ask', 'kill']);
  assert.ok(performance.now() - begin >= 250);
  assert.equal(stopping.stop.hasLooked, false);
});

test('A task that does not hear is looked into before it is killed', async () => {
  const stopping = new Stopping('timeout', 60);
  await stopping.until('look');
  await sleep(200);
  assert.deepEqual(stopping.deeds, ['ask', 'look']);
  stopping.finish(['spin (file:1:1)']);
  await stopping.until('kill');
  assert.deepEqual(stopping.stop.stuckAt, ['spin (file:1:1)']);
});

test('A worker is not killed for a task that ended while it was looked into', async () => {
  const stopping = new Stopping('timeout', 0);
  await stopping.until('look');
  await sleep(50);
  stopping.stop.end();
  stopping.finish([]);
  await sleep(50);
  assert.deepEqual(stopping.deeds, ['ask', 'look']);
  assert.equal(stopping.stop.hasLooked, true);
});

test('A worker is neither looked into nor killed for a task that ended within the grace', async () => {
  const stopping = new Stopping('timeout', 100);
  stopping.stop.end();
  stopping.stop.heard(); // It had said so before it ended.
  await sleep(300);
  assert.deepEqual(stopping.deeds, ['ask']);
});

test('Nobody asks where a cancelled task is', async () => {
  const stopping = new Stopping('cancel', 100);
  await stopping.until('kill');
  assert.deepEqual(stopping.deeds, ['ask', 'kill']);
});
