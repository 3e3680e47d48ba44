import type { Diagnostics } from './diagnostics.ts';
import type { SeenSuspension } from './suspension-watch.ts';
import type { Task } from './task.ts';
import type { Worker } from './worker.ts';

/**
 * Says which worker does not run, since when and why, and which task waits for it. It is not killed: somebody may be debugging it.
 * Nothing is said where nobody waits: it had answered and had no time to tell, or its task was cancelled.
 */
export function reportSuspension(worker: Worker, suspension: SeenSuspension, diagnostics: Diagnostics): void {
  worker.collect();
  worker.tell();
  const task = worker.lane.current;
  if (task ? task.state === 'settled' : worker.state !== 'starting') return;
  diagnostics.onSuspend(worker.process, task, suspension);
  process.emitWarning(describe(worker, task, suspension), { code: 'BROOD_WORKER_SUSPENDED' });
}

function describe({ process: { name, pid } }: Worker, task: Task | undefined, suspension: SeenSuspension): string {
  const { tracer, since } = suspension;
  const what = task
    ? `go on with task ${task.id} ("${task.kind.target.export}", attempt ${task.attempt})`
    : 'start a worker';
  const why = tracer === null ? 'by a signal (SIGSTOP or its like)' : `by the debugger with pid ${tracer}`;
  const advice = tracer === null ? `continue it with "kill -CONT ${pid}"` : 'let it go on there';
  const otherwise = task ? 'cancel the task, or give it a timeout' : 'or kill it, and another starts';
  const moment = new Date(since).toISOString();
  return `Cannot ${what}: ${name} (pid ${pid}) has been stopped since ${moment}, ${why}; ${advice}, ${otherwise}`;
}
