import { waitFor } from '../util/wait.ts';
import type { ProcessRecord } from './process-record.ts';

/**
 * Request, SIGTERM, SIGKILL, with `grace` ms after each of the first two. Resolves to the exit code.
 * Several calls at once: the request and SIGTERM are sent once, each by whoever gets there first.
 */
export async function stopProcess(record: ProcessRecord, grace: number): Promise<number> {
  const { child, state } = record;
  if (!child) throw new TypeError('a process without a child cannot be stopped');
  const isOver = (): boolean => state.state !== 'started';
  if (record.stopPhase === 'none' && !isOver()) {
    record.stopPhase = 'asked';
    child.channel.send({ kind: 'stop' });
  }
  await waitFor(Promise.race([child.ended, record.unheard.promise]), isOver, grace);
  if (record.stopPhase === 'asked' && !isOver()) {
    record.stopPhase = 'terminated';
    child.signal('SIGTERM');
  }
  if (!isOver()) await waitFor(child.ended, isOver, grace);
  if (!isOver()) child.kill();
  return (await child.ended).exitCode;
}
