import type { PlainData } from '../memory/handle-kind.ts';
import type { Batch } from './batch.ts';
import { Chunk } from './chunk.ts';
import { LEDGER_ENTRIES, Ledger, type LedgerRead } from './ledger.ts';
import type { Task } from './task.ts';
import type { TaskSource } from './task-source.ts';

/** What a worker has left in the ledger about tasks that follow each other. */
export interface LedgerAnswers extends LedgerRead {
  readonly batch: Batch;
  /** In the batch, of the first. */
  readonly position: number;
}

export function tasksOfAnswers({ batch, position, values }: LedgerAnswers): Task[] {
  return Array.from(values, (_, i) => batch.at(position + i));
}

/**
 * The tasks that one worker has, in the order in which it runs them. The first that it has not answered is the current one;
 * those behind it can be taken back for as long as it has not begun them.
 */
export class Lane {
  readonly #ledger: Ledger | undefined = Ledger.tryShare();
  readonly #chunks: Chunk[] = [];
  #next = 0;
  #begun = -1;

  /** For the worker; null if it is not shared. */
  lendLedger(): PlainData {
    return this.#ledger?.lend() ?? null;
  }

  /** False: whoever is behind a task that does not let the event loop turn can be taken back only after it. */
  get isShared(): boolean {
    return this.#ledger !== undefined;
  }

  /** The chunk that the current task is in. */
  get chunk(): Chunk | undefined {
    return this.#chunks[0];
  }

  get current(): Task | undefined {
    return this.chunk?.current;
  }

  /** Number of the current task. */
  get seq(): number {
    return this.chunk?.seq ?? this.#next;
  }

  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }

  /** How many entries of the ledger are in use: the tasks in the lane, and gaps between them. */
  get span(): number {
    return this.#next - this.seq;
  }

  /** How many tasks may still be added. */
  get room(): number {
    return LEDGER_ENTRIES - this.span;
  }

  /** What the worker has to do, in milliseconds, as far as it can be told. */
  get load(): number {
    let load = 0;
    for (const { kind, left } of this.#chunks) load += kind.cost.estimate(left);
    return load;
  }

  *[Symbol.iterator](): Generator<Task, void, undefined> {
    for (const chunk of this.#chunks) {
      for (let { seq } = chunk; seq < chunk.end; seq += 1) {
        const task = chunk.at(seq);
        if (task) yield task;
      }
    }
  }

  add(source: TaskSource, batch: Batch, held: readonly object[]): Chunk {
    const chunk = new Chunk(source, this.#next, batch, held);
    this.#next += batch.length;
    this.#ledger?.open(chunk.first, batch.length);
    this.#chunks.push(chunk);
    return chunk;
  }

  /** So many tasks from the current one on have been answered; there is no gap between them. */
  advance(count: number): void {
    this.chunk?.advance(count);
    this.#skipGaps();
  }

  /** What the worker has left in the ledger about the current task and those behind it, up to a gap; they are answered then. */
  takeAnswers(): LedgerAnswers | undefined {
    const { chunk } = this;
    if (!this.#ledger || !chunk) return undefined;
    const { position, length } = chunk.run;
    const read = this.#ledger.read(chunk.seq, length);
    if (!read) return undefined;
    this.advance(read.values.length);
    return { batch: chunk.batch, position, ...read };
  }

  /** The number of a task that is in the lane. */
  find(task: Task): number | undefined {
    for (const chunk of this.#chunks) {
      const seq = chunk.find(task);
      if (seq !== undefined) return seq;
    }
    return undefined;
  }

  /** Out of the lane, if the worker cannot begin it any more. */
  tryTakeBack(seq: number): Task | undefined {
    return this.#ledger?.tryTakeBack(seq) ? this.remove(seq) : undefined;
  }

  /** The worker has said that it will not run it. */
  remove(seq: number): Task | undefined {
    const chunk = this.#chunks.find(({ first, end }) => first <= seq && seq < end);
    const task = chunk?.at(seq);
    chunk?.remove(seq);
    this.#skipGaps();
    return task;
  }

  /** Numbers of the tasks that may be better off elsewhere: those behind the current one, but for the first `keep` of them. */
  seqsBehind(keep: number): number[] {
    const seqs: number[] = [];
    let left = keep + 1;
    for (const chunk of this.#chunks) {
      const staysTogether = chunk === this.chunk && chunk.source.isFixed;
      for (let { seq } = chunk; seq < chunk.end; seq += 1) {
        if (left > 0) left -= 1;
        else if (!staysTogether && chunk.has(seq)) seqs.push(seq);
      }
    }
    return seqs;
  }

  /** Without a shared ledger: the worker has told that it has begun the chunk that starts with this task. */
  begun(seq: number): void {
    this.#begun = seq;
  }

  /** The worker is gone. Of those that had begun, none can be run again without asking; in the order of the lane. */
  clear(): { begun: Task[]; unbegun: Task[] } {
    const begun: Task[] = [];
    const unbegun: Task[] = [];
    for (const chunk of this.#chunks.splice(0)) {
      chunk.letGo();
      for (let { seq } = chunk; seq < chunk.end; seq += 1) {
        const task = chunk.at(seq);
        if (task) (this.#hasBegun(chunk, seq) ? begun : unbegun).push(task);
      }
    }
    return { begun, unbegun };
  }

  /** Its chunk has begun, and all before it in the chunk are answered. */
  #hasBegun(chunk: Chunk, seq: number): boolean {
    if (this.#ledger) return this.#ledger.hasBegun(seq);
    return chunk.first === this.#begun && chunk.seq === seq;
  }

  #skipGaps(): void {
    for (let chunk = this.chunk; chunk && !chunk.hasCurrent; chunk = this.chunk) {
      if (chunk.left > 0) chunk.advance(1);
      else this.#chunks.shift()?.letGo();
    }
  }
}
