import { AsyncResource } from 'node:async_hooks';
import { type Channel, channel } from 'node:diagnostics_channel';
import { type Batch, tasksOf } from './batch.ts';
import type { DiagnosticsMessages, ObservedWorker, TaskEndMessage } from './diagnostics-messages.ts';
import type { Loss } from './loss.ts';
import { Observation } from './observation.ts';
import type { SeenSuspension } from './suspension-watch.ts';
import type { Task } from './task.ts';
import type { TaskSource } from './task-source.ts';

interface TypedChannel<M> extends Pick<Channel, 'hasSubscribers'> {
  publish(message: M): void;
}

const open = <N extends keyof DiagnosticsMessages>(name: N): TypedChannel<DiagnosticsMessages[N]> => channel(name);

const taskCreate = open('brood:task:create');
const taskStart = open('brood:task:start');
const taskLoss = open('brood:task:loss');
const taskRetry = open('brood:task:retry');
const taskEnd = open('brood:task:end');
const workerStart = open('brood:worker:start');
const workerSuspend = open('brood:worker:suspend');
const workerEnd = open('brood:worker:end');

function areTasksWatched(): boolean {
  return (
    taskCreate.hasSubscribers ||
    taskStart.hasSubscribers ||
    taskLoss.hasSubscribers ||
    taskRetry.hasSubscribers ||
    taskEnd.hasSubscribers
  );
}

/**
 * What a crew publishes. While nobody listens nothing is made, and no more is done than to see that. Messages about a task are
 * published in the async context of the call that it belongs to. Subscribers are code of the user's: they run only where such
 * code may do anything, and what they throw Node reports as uncaught.
 */
export class Diagnostics {
  readonly #pool: string;
  /** The contexts of maps and iterations. */
  readonly #contexts = new WeakMap<TaskSource, AsyncResource>();

  constructor(pool: string) {
    this.#pool = pool;
  }

  get areTasksWatched(): boolean {
    return areTasksWatched();
  }

  /** A call is being submitted; to be told in its context. */
  onSubmit(task: Task): void {
    if (areTasksWatched()) this.#create(task, captureContext());
  }

  /** Tasks are going to come from here; to be told in the context of the call. */
  onSource(source: TaskSource): void {
    if (areTasksWatched() && !this.#contexts.has(source)) this.#contexts.set(source, captureContext());
  }

  /** These are about to be given to a worker. */
  onTaken(source: TaskSource, batch: Batch, worker: { readonly pid: number; readonly name: string }): void {
    if (!areTasksWatched()) return;
    const context = this.#contexts.get(source);
    const observed: ObservedWorker = toWorker(worker);
    for (const task of tasksOf(batch)) {
      const observation =
        Observation.find(task) ?? (context ? this.#create(task, context) : Observation.of(task, this.#pool, undefined));
      observation.worker = observed;
      observation.hasStarted = false;
    }
  }

  /** It is its turn. Told a little later: not here, in the midst of sending and receiving. */
  onBegin(task: Task): void {
    if (!taskStart.hasSubscribers) return;
    queueMicrotask(() => {
      if (task.state === 'running') this.#start(task);
    });
  }

  /** It has answered, so that it began. */
  onAnswered(task: Task): void {
    if (taskStart.hasSubscribers) this.#start(task);
  }

  onLoss(task: Task, { name, pid, end, reason }: Loss): void {
    if (taskStart.hasSubscribers) this.#start(task);
    if (!taskLoss.hasSubscribers) return;
    const observation = Observation.of(task, this.#pool, undefined);
    publish(taskLoss, observation, {
      task: observation.task,
      attempt: task.attempt,
      worker: { pid, name },
      exitCode: end.exitCode,
      signal: end.signal,
      reason,
    });
  }

  onRetry(task: Task, error: unknown, delay: number): void {
    if (!taskRetry.hasSubscribers) return;
    const observation = Observation.of(task, this.#pool, undefined);
    const { attempt } = task;
    publish(taskRetry, observation, { task: observation.task, attempt, error, delay });
  }

  onEnd(task: Task, outcome: TaskEndMessage['outcome'], error: unknown, runTime: number | null): void {
    if (!taskEnd.hasSubscribers) return;
    const observation = Observation.of(task, this.#pool, undefined);
    const { attempt: attempts } = task;
    publish(taskEnd, observation, { task: observation.task, attempts, outcome, error, runTime });
  }

  /** Told a little later: whoever hires is in the midst of it. */
  onWorkerStart(worker: { readonly pid: number; readonly name: string }): void {
    if (!workerStart.hasSubscribers) return;
    const message = { pool: this.#pool, worker: toWorker(worker) };
    queueMicrotask(() => workerStart.publish(message));
  }

  /** `task`: the one that waits for it. */
  onSuspend(worker: ObservedWorker, task: Task | undefined, { since, tracer }: SeenSuspension): void {
    if (!workerSuspend.hasSubscribers) return;
    const observed = task ? Observation.of(task, this.#pool, undefined).task : null;
    workerSuspend.publish({ pool: this.#pool, worker: toWorker(worker), task: observed, since, tracer });
  }

  onWorkerEnd({ name, pid, end, reason }: Loss, isLost: boolean): void {
    if (!workerEnd.hasSubscribers) return;
    const { exitCode, signal } = end;
    const worker = { pid, name };
    const message = { pool: this.#pool, worker, exitCode, signal, reason: isLost ? reason : null };
    queueMicrotask(() => workerEnd.publish(message));
  }

  #create(task: Task, context: AsyncResource): Observation {
    const observation = Observation.of(task, this.#pool, context);
    if (taskCreate.hasSubscribers) publish(taskCreate, observation, { task: observation.task });
    return observation;
  }

  /** Once for each time that it was given to a worker. Unknown before: nobody listened when it was. */
  #start(task: Task): void {
    const observation = Observation.find(task);
    if (!observation?.worker || observation.hasStarted) return;
    observation.hasStarted = true;
    const { worker } = observation;
    publish(taskStart, observation, { task: observation.task, attempt: task.attempt, worker });
  }
}

function publish<M>(to: TypedChannel<M>, { context }: Observation, message: M): void {
  if (context) context.runInAsyncScope(() => to.publish(message));
  else to.publish(message);
}

function captureContext(): AsyncResource {
  return new AsyncResource('brood:task');
}

function toWorker({ pid, name }: ObservedWorker): ObservedWorker {
  return { pid, name };
}
