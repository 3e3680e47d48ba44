import type { TestContext } from 'node:test';
import { activeChildren, Process, type ProcessOptions } from 'brood';
import type { Connection } from 'brood/connection';

/** A started process, killed when the test ends. */
export function startProcess<A extends unknown[]>(
  t: TestContext,
  target: (...args: A) => unknown,
  args: A,
  options: ProcessOptions<A> = {},
): Process<A> {
  const child = new Process<A>({ target, args, ...options });
  child.start();
  t.after(async () => {
    if (!activeChildren().includes(child)) return;
    child.kill();
    await child.join();
  });
  return child;
}

/** Closes an end when the test is over; what is closed already may be. */
export function closing<T extends Connection | { close(): void }>(t: TestContext, it: T): T {
  t.after(() => it.close());
  return it;
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
