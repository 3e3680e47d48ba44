import { afterWindingUp, isWindingUp } from '../process/children.ts';
import type { Batch } from './batch.ts';
import type { Staff } from './staff.ts';
import type { Task } from './task.ts';
import { TaskQueue } from './task-queue.ts';
import { type Origin, ReadyTasks, sourceOf, type TaskSource } from './task-source.ts';
import type { Worker } from './worker.ts';

/** So many calls of one turn wait for its end; with more, workers would be idle while they are made. */
const FEW_UNSEEN = 256;
/** In a long turn there is always more to come: what is sent together may be more, and costs less. */
const MOST_UNSEEN = 4096;

export interface DispatchPlan {
  /** Nothing is given to workers any more. */
  isOver(): boolean;
  processes(): number;
  /** Somebody waits for results. */
  isAwaited(): boolean;
  /** These are about to be given to a worker. */
  onTaken(source: TaskSource, batch: Batch, worker: Worker): void;
}

/** What waits for a worker, and how it gets to one. */
export class Dispatcher {
  readonly #staff: Staff;
  readonly #plan: DispatchPlan;
  readonly #queue = new TaskQueue();
  /** What is in the queue; a source whose input has nothing at the moment is not. */
  readonly #queued = new Set<TaskSource>();
  #isScheduled = false;
  /** How many tasks were submitted since it was last looked for workers, and how many may be. */
  #unseen = 0;
  #mostUnseen = FEW_UNSEEN;

  constructor(staff: Staff, plan: DispatchPlan) {
    this.#staff = staff;
    this.#plan = plan;
  }

  /** Queues a source, or tells that one has more tasks again. */
  enqueue(source: TaskSource): void {
    if (this.#queued.has(source) || !source.isOpen) return;
    this.#queued.add(source);
    this.#queue.push(source);
    this.schedule();
  }

  /** Queues one task. It joins those of its kind that came just before. */
  submit(task: Task): void {
    const last = this.#queue.last(task.kind.settings.priority);
    if (last instanceof ReadyTasks && last.tryAdd(task)) this.schedule();
    else this.enqueue(new ReadyTasks([task], 'submitted'));
    this.#unseen += 1;
    if (this.#unseen < this.#mostUnseen) return;
    this.#mostUnseen = Math.min(2 * this.#mostUnseen, MOST_UNSEEN);
    this.#dispatchSubmitted();
  }

  /** In the midst of a turn, so that workers are busy while more is submitted. Nothing here runs code of the user's. */
  #dispatchSubmitted(): void {
    this.#unseen = 0;
    if (this.#plan.isOver()) return;
    this.#staff.collect();
    const isSubmitted = (source: TaskSource): boolean => source instanceof ReadyTasks && source.origin === 'submitted';
    this.#give(isSubmitted);
  }

  /** Tasks that a worker had and did not begin, in front: they were before all that waits. */
  putBack(batches: readonly Batch[], origin: Origin): void {
    // From the last to the first: each is put before those behind it.
    for (const batch of [...batches].reverse()) {
      const source = sourceOf(batch, origin);
      this.#queued.add(source);
      this.#queue.unshift(source);
    }
    this.schedule();
  }

  /** Once for all that happens in one turn: what is submitted together is seen together. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (!this.#plan.isOver()) this.#dispatch();
    });
  }

  /** How many workers would have something to do; counted no further than `limit`. */
  countWanted(limit: number): number {
    let wanted = 0;
    for (const { backlog } of this.#queue) {
      if (wanted >= limit) break;
      wanted += backlog;
    }
    return Math.min(wanted, limit);
  }

  /** Those that wait, and are there already. */
  *tasks(): Generator<Task, void, undefined> {
    for (const source of this.#queue) if (source instanceof ReadyTasks) yield* source;
  }

  countQueued(): number {
    let queued = 0;
    for (const source of this.#queue) queued += source.countQueued();
    return queued;
  }

  #dispatch(): void {
    this.#unseen = 0;
    this.#mostUnseen = FEW_UNSEEN;
    this.#staff.tell();
    this.#give(() => true);
    this.#staff.adjust();
    if (isWindingUp() && this.#plan.isAwaited()) afterWindingUp(() => this.schedule());
  }

  /** Tasks to workers, as long as there are both, and the next source is of that sort. */
  #give(isMeant: (source: TaskSource) => boolean): void {
    for (let source = this.#queue.peek(); source && isMeant(source); source = this.#queue.peek()) {
      const needsWorker = source.isOpen && source.backlog > 0;
      const worker = needsWorker ? this.#staff.takeFor(source.kind) : undefined;
      if (needsWorker && !worker) break;
      const batch = this.#takeFrom(source, worker);
      if (batch.length === 0) {
        this.#queue.drop(source);
        this.#queued.delete(source);
        if (worker?.state === 'idle') this.#staff.returnIdle(worker);
      } else {
        this.#queue.markServed(source);
        if (worker) this.#assign(worker, source, batch);
      }
    }
  }

  #assign(worker: Worker, source: TaskSource, batch: Batch): void {
    this.#plan.onTaken(source, batch, worker);
    worker.assign(source, batch.waiting());
  }

  /** Tasks that were cancelled while they waited are passed over. A source that is at its end is told by asking for none. */
  #takeFrom(source: TaskSource, worker: Worker | undefined): Batch {
    const wish = worker ? source.chunkSize(this.#plan.processes(), worker.lane.isShared) : 0;
    const max = worker ? Math.min(wish, this.#staff.capacityOf(worker)) : 0;
    for (;;) {
      const taken = source.take(max);
      const waiting = taken.waiting();
      if (waiting.length > 0 || taken.length === 0) return waiting;
    }
  }
}
