import assert from 'node:assert/strict';
import { test } from 'node:test';

process.env.BROOD_NATIVE = 'off';

test('BROOD_NATIVE=off: everything that needs shared memory throws one clear error, at once', async () => {
  const { Barrier } = await import('#dist/synchronize/barrier.js');
  const { Condition } = await import('#dist/synchronize/condition.js');
  const { Event } = await import('#dist/synchronize/event.js');
  const { Lock } = await import('#dist/synchronize/lock.js');
  const { RLock } = await import('#dist/synchronize/rlock.js');
  const { BoundedSemaphore, Semaphore } = await import('#dist/synchronize/semaphore.js');
  const { RawArray } = await import('#dist/sharedctypes/raw-array.js');
  const { RawValue } = await import('#dist/sharedctypes/raw-value.js');
  const { SharedArray } = await import('#dist/sharedctypes/shared-array.js');
  const { Value } = await import('#dist/sharedctypes/value.js');
  const { share } = await import('#dist/shared-memory/share.js');
  const { SharedMemory } = await import('#dist/shared-memory/shared-memory.js');
  const { ShareableList } = await import('#dist/shared-memory/shareable-list.js');
  const uses: Record<string, () => unknown> = {
    'a Lock': () => new Lock(),
    'an RLock': () => new RLock(),
    'a Semaphore': () => new Semaphore(),
    'a Semaphore ': () => new BoundedSemaphore(),
    'a Condition': () => new Condition(),
    'an Event': () => new Event(),
    'a Barrier': () => new Barrier(2),
    'a shared value': () => new RawValue('i32'),
    'a shared value ': () => new Value('i32'),
    'a shared array': () => new RawArray('i32', 2),
    'a shared array ': () => new SharedArray('i32', 2),
    'share()': () => share(new Uint8Array(1)),
    SharedMemory: () => new SharedMemory({ create: true, size: 10 }),
    'SharedMemory ': () => new ShareableList([1]),
  };
  for (const [what, use] of Object.entries(uses)) {
    assert.throws(use, {
      name: 'BroodError',
      code: 'ERR_NO_NATIVE',
      message: `Cannot use ${what.trim()}: shared memory is not available because BROOD_NATIVE=off is set; Process, Pool, futures, threads, Listener and connect work without it`,
    });
  }
});
