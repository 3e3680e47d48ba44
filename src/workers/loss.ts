import { type LossReason, WorkerLostError } from '../errors/worker-error.ts';
import type { ChildEnd } from '../process/child.ts';
import { wasOomKilled } from './oom-killer.ts';
import type { Task } from './task.ts';

/** How a worker ended that was not told to. */
export interface Loss {
  readonly name: string;
  readonly pid: number;
  readonly end: ChildEnd;
  readonly reason: LossReason;
  readonly stderrTail: string;
}

/** V8 says so on stderr before it aborts. */
const HEAP_LIMIT = /FATAL ERROR: .*(heap out of memory|heap limit|Allocation failed)/;

/** Why this process has killed a worker itself, if it has. */
export type KillReason = 'memory-limit' | 'stop';

export function lossReason({ signal }: ChildEnd, killed: KillReason | undefined, stderrTail: string): LossReason {
  if (killed === 'memory-limit') return 'memory-limit';
  if (signal === 'SIGKILL') return killed === undefined && wasOomKilled() ? 'out-of-memory' : 'signal';
  if (signal !== null && HEAP_LIMIT.test(stderrTail)) return 'out-of-memory';
  return signal === null ? 'exit' : 'signal';
}

/** The system had no memory for all that ran. */
export function isOutOfSystemMemory({ end, reason }: Pick<Loss, 'end' | 'reason'>): boolean {
  return reason === 'out-of-memory' && end.signal === 'SIGKILL';
}

export function lostError(loss: Loss, task: Task): WorkerLostError {
  const { end, pid, name, reason, stderrTail } = loss;
  const doing = `task ${task.id} ("${task.kind.target.export}", attempt ${task.attempt})`;
  return new WorkerLostError(`Cannot finish ${doing}: ${name} (pid ${pid}) ${describeLoss(loss)}`, {
    pid,
    exitCode: end.exitCode,
    signal: end.signal,
    reason,
    attempts: task.attempt,
    stderrTail,
  });
}

export function describeLoss({ end, reason }: Pick<Loss, 'end' | 'reason'>): string {
  if (reason === 'memory-limit') return 'was killed, because it was above its memory limit';
  if (isOutOfSystemMemory({ end, reason }))
    return 'was killed by the system, which had no memory left; use fewer processes, or set maxMemoryPerChild or memoryLimit';
  if (reason === 'out-of-memory') return 'ran out of heap; raise it by execArgv: ["--max-old-space-size=<MiB>"]';
  return end.signal === null ? `exited with code ${end.exitCode} before it answered` : `was killed by ${end.signal}`;
}
