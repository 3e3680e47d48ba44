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
    for (const [chunk, start] of this.#behind(keep)) {
      for (let seq = start; seq < chunk.end; seq += 1) if (chunk.has(seq)) seqs.push(seq);
    }
    return seqs;
  }

  /** Those of the same tasks that the worker cannot begin any more; they are out of the lane. */
  takeBackBehind(keep: number): Batch[] {
    return this.#takeBack([...this.#behind(keep)]);
  }

  /** The same for all tasks in some of the batches. */
  takeBackAll(batches: ReadonlySet<Batch>): Batch[] {
    return this.#takeBack(this.#chunks.filter(({ batch }) => batches.has(batch)).map((chunk) => [chunk, chunk.seq]));
  }

  /** Of those chunks, from there on. */
  #takeBack(tails: ReadonlyArray<readonly [Chunk, number]>): Batch[] {
    const batches: Batch[] = [];
    for (const [chunk, start] of [...tails].reverse()) {
      let { end } = chunk;
      // It begins them in order: before one that it has begun, there is none that it has not.
      while (end > start && (!chunk.has(end - 1) || this.#ledger?.tryTakeBack(end - 1))) end -= 1;
      if (end < chunk.end) batches.unshift(...chunk.release(end));
    }
    this.#skipGaps();
    return batches;
  }

  /** Each chunk of which there are any, and the first of them. */
  *#behind(keep: number): Generator<[Chunk, number], void, undefined> {
    let left = keep + 1;
    for (const chunk of this.#chunks) {
      const kept = Math.min(left, chunk.left);
      left -= kept;
      const staysTogether = chunk === this.chunk && chunk.source.isFixed;
      if (kept < chunk.left && !staysTogether) yield [chunk, chunk.seq + kept];
    }
  }

  /** Without a shared ledger: the worker has told that it has begun the chunk that starts with this task. */
  begun(seq: number): void {
    this.#begun = seq;
  }

  /**
   * The worker is gone. Of those that had begun, none can be run again without asking; in the order of the lane. `suspect`: it
   * may have been at decoding these. The first that it had not begun is asked about: it may count as begun.
   */
  clear(isCulprit: (task: Task, isAlone: boolean) => boolean): { begun: Task[]; suspect: Batch[]; unbegun: Batch[] } {
    const begun: Task[] = [];
    const unbegun: Batch[] = [];
    const [current] = this.#chunks;
    const isFresh = current?.seq === current?.first;
    for (const chunk of this.#chunks.splice(0)) {
      chunk.letGo();
      const { seq: first } = chunk;
      for (let seq = first; seq < chunk.end; seq += 1) {
        const task = this.#hasBegun(chunk, seq) ? chunk.at(seq) : undefined;
        if (!task) continue;
        begun.push(task);
        chunk.remove(seq);
      }
      unbegun.push(...chunk.release(first));
    }
    const isSuspect = isFresh && begun.length === 0;
    const [next] = unbegun;
    const task = next?.made(0);
    if (next && task && isCulprit(task, next.length === 1)) {
      begun.push(task);
      unbegun[0] = next.cutOff(1);
    }
    return { begun, suspect: isSuspect ? unbegun.splice(0, 1) : [], unbegun };
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
