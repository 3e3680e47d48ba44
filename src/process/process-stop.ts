import { createDeferred } from '../util/deferred.ts';
import { waitFor } from '../util/wait.ts';
import type { ChildEnd } from './child.ts';
import type { ProcessRecord } from './process-record.ts';

/** Request, SIGTERM, SIGKILL, with `grace` ms after each of the first two. Resolves to the exit code. */
export function stopProcess(record: ProcessRecord, grace: number): Promise<number> {
  record.stopping ??= escalate(record, grace);
  return record.stopping;
}

async function escalate(record: ProcessRecord, grace: number): Promise<number> {
  const { child, state } = record;
  if (!child) throw new TypeError('a process without a child cannot be stopped');
  const isOver = (): boolean => state.state !== 'started';
  const unheard = createDeferred<ChildEnd | undefined>();
  record.onUnheard = () => unheard.resolve(undefined);
  child.channel.send({ kind: 'stop' });
  await waitFor(Promise.race([child.ended, unheard.promise]), isOver, grace);
  if (!isOver()) {
    child.signal('SIGTERM');
    await waitFor(child.ended, isOver, grace);
  }
  if (!isOver()) child.kill();
  await waitFor(child.ended, isOver, undefined);
  return child.end?.exitCode ?? 0;
}
