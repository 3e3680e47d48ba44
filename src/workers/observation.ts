import type { AsyncResource } from 'node:async_hooks';
import type { Batch } from './batch.ts';
import type { ObservedTask, ObservedWorker } from './diagnostics-messages.ts';
import type { Task } from './task.ts';

/** What is kept of a task because somebody listens. */
export class Observation {
  readonly task: ObservedTask;
  /** The async context of the call that the task belongs to; undefined: nobody listened then. */
  readonly context: AsyncResource | undefined;
  /** Who has it now, or had it last. */
  worker: ObservedWorker | undefined;
  hasStarted = false;

  private constructor(task: ObservedTask, context: AsyncResource | undefined) {
    this.task = task;
    this.context = context;
  }

  /** Of each task there is one at the most. */
  static of(task: Task, pool: string, context: AsyncResource | undefined): Observation {
    const known = observations.get(task);
    if (known) return known;
    const { id, kind, index } = task;
    const name = kind.target.export;
    const observation = new Observation({ id, pool, name, index: index < 0 ? null : index, carrier: {} }, context);
    observations.set(task, observation);
    hasAny = true;
    return observation;
  }

  static find(task: Task): Observation | undefined {
    return observations.get(task);
  }
}

const observations = new WeakMap<Task, Observation>();
let hasAny = false;

/** What goes with each of the tasks to their worker; undefined: nothing, with none of them. */
export function carriersOf(batch: Batch): ReadonlyArray<Record<string, string> | null> | undefined {
  if (!hasAny) return undefined;
  const carriers = Array.from({ length: batch.length }, (_, position) => {
    const task = batch.made(position);
    const carrier = task && observations.get(task)?.task.carrier;
    return carrier && Object.keys(carrier).length > 0 ? carrier : null;
  });
  return carriers.some((carrier) => carrier !== null) ? carriers : undefined;
}
