import { fromPlain, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { missingNativeReason } from '../os/native/native.ts';

const ENTRY_BITS = 16;

/** How many tasks a worker may have at once, and so the most that are ever sent together. */
export const LEDGER_ENTRIES: number = 2 ** ENTRY_BITS;
const INDEX_MASK = LEDGER_ENTRIES - 1;

/** The worker's words have a cache line of their own: its parent seldom looks at them. */
const LINE = 64;
const VALUES = LINE;
const TIMES = VALUES + 8 * LEDGER_ENTRIES;
const STATES = TIMES + 4 * LEDGER_ENTRIES;
const BYTE_LENGTH = STATES + 2 * LEDGER_ENTRIES;

/** Indices of those words. */
const ENDED = 0; // the first task whose result is not published in any case
const NAMED = 1; // behind the last task of which there is more to know than a number: from it on there are only numbers

/**
 * States of an entry, in the low bits of its word; above them the lap of the ledger that the task belongs to, so that whoever comes
 * late to an entry that serves another task by now changes nothing.
 */
const OPEN = 0; // sent, and nobody's yet
const TAKEN_BACK = 1; // its parent has it again: the worker passes it over
const BEGUN = 2; // the worker runs it; or has run it, and left a number
const BY_MESSAGE = 3; // answered by a message
const UNDEFINED = 4; // answered with this, as the rest
const NULL = 5;
const TRUE = 6;
const FALSE = 7;
const STATE_BITS = 3;
const STATE_MASK = 7;
const LAP_MASK = 2 ** (16 - STATE_BITS) - 1;

/** What a worker left about tasks that follow each other. */
export interface LedgerRead {
  /** What they returned. */
  readonly values: readonly unknown[] | Float64Array;
  /** How long each ran, in milliseconds. */
  readonly times: Float32Array;
}

/**
 * What a worker and its parent agree on without a message: one entry for each task that was sent, which either side claims by
 * one atomic exchange. A worker begins a task only if its parent has not taken it back, and the other way round, whatever each
 * is doing. Small results are left here too: the exchange that begins the next task publishes them, and they outlive the worker.
 *
 * Tasks of one worker are numbered from 0 on, and begin in that order. Without shared memory the worker keeps a ledger of its
 * own, and is asked by messages.
 */
export class Ledger {
  readonly isShared: boolean;
  readonly #block: SharedBlock | undefined;
  readonly #words: Int32Array;
  readonly #values: Float64Array;
  readonly #times: Float32Array;
  readonly #states: Uint16Array;

  private constructor(buffer: ArrayBuffer, block: SharedBlock | undefined) {
    this.isShared = block !== undefined;
    this.#block = block;
    this.#words = new Int32Array(buffer, 0, LINE / 4);
    this.#values = new Float64Array(buffer, VALUES, LEDGER_ENTRIES);
    this.#times = new Float32Array(buffer, TIMES, LEDGER_ENTRIES);
    this.#states = new Uint16Array(buffer, STATES, LEDGER_ENTRIES);
  }

  /** Undefined without shared memory. */
  static tryShare(): Ledger | undefined {
    if (missingNativeReason() !== undefined) return undefined;
    const ledger = Ledger.#over(SharedBlock.allocate(KIND.bytes, BYTE_LENGTH, 'the ledger of a worker'));
    // Its memory may have been that of another.
    ledger.#words.fill(0);
    ledger.#states.fill(0);
    return ledger;
  }

  /** The one that another process shares, and lends. */
  static admit(handle: PlainData): Ledger {
    return Ledger.#over(SharedBlock.admit(KIND.bytes, fromPlain(handle), 'the ledger of a worker'));
  }

  static createOwn(): Ledger {
    return new Ledger(new ArrayBuffer(BYTE_LENGTH), undefined);
  }

  static #over(block: SharedBlock): Ledger {
    return new Ledger(block.arena.view(block.offset, BYTE_LENGTH), block);
  }

  /** For the child, which admits it while this object lives; null if it is not shared. */
  lend(): PlainData {
    return this.#block ? toPlain(this.#block, 'lent') : null;
  }

  /** Before these tasks are sent. Their entries must be free: the tasks out at a time are at most `LEDGER_ENTRIES` in a row. */
  open(first: number, count: number): void {
    // What sends them makes these stores visible, too.
    const end = first + count;
    const start = indexOf(first);
    this.#states.fill(wordOf(first, OPEN), start, start + count);
    if (start + count > LEDGER_ENTRIES) this.#states.fill(wordOf(end, OPEN), 0, indexOf(end));
  }

  /** True if the worker has not begun the task: then it never will. */
  tryTakeBack(seq: number): boolean {
    const open = wordOf(seq, OPEN);
    return Atomics.compareExchange(this.#states, indexOf(seq), open, open | TAKEN_BACK) === open;
  }

  /** The same in the worker, which tells its parent of it by a message. */
  tryRefuse(seq: number): boolean {
    if (!this.tryTakeBack(seq)) return false;
    this.#raiseNamed(seq);
    return true;
  }

  /** True if its parent has not taken the task back: then it never can. Publishes the results of those before. */
  tryBegin(seq: number): boolean {
    const open = ((seq >>> ENTRY_BITS) & LAP_MASK) << STATE_BITS; // As `wordOf` does, without a call: an item may take less.
    return Atomics.compareExchange(this.#states, seq & INDEX_MASK, open, open | BEGUN) === open;
  }

  /** The worker runs the task, or has run it and not published that. */
  hasBegun(seq: number): boolean {
    const state = this.#stateOf(seq);
    return state !== undefined && state >= BEGUN;
  }

  /**
   * Leaves the result of a task that has begun and took `ms`, to be published by the end of a task, or the beginning of the next.
   * False if it does not fit: then it goes by a message.
   */
  tryAnswer(seq: number, result: unknown, ms: number): boolean {
    if (!this.isShared) return false;
    const index = seq & INDEX_MASK;
    if (typeof result === 'number') this.#values[index] = result;
    else {
      const state = stateNamed(result);
      if (state === undefined) return false;
      this.#name(seq, state);
    }
    this.#times[index] = ms;
    return true;
  }

  /** For a result that is not published yet. */
  recordTime(seq: number, ms: number): void {
    this.#times[seq & INDEX_MASK] = ms;
  }

  /** Before the message is sent. */
  answerByMessage(seq: number): void {
    this.#name(seq, BY_MESSAGE);
  }

  /** Publishes the results of the task and those before, whatever comes next. */
  end(seq: number): void {
    Atomics.store(this.#words, ENDED, (seq + 1) | 0);
  }

  /**
   * The results from `first` on, at most `most`, up to the first that is not published or was told of by a message; undefined if
   * that is the first. None of the tasks was taken back by who reads.
   */
  read(first: number, most: number): LedgerRead | undefined {
    const start = indexOf(first);
    const count = this.#countPublished(first, Math.min(most, LEDGER_ENTRIES - start));
    if (count === 0) return undefined;
    const areNumbers = (((this.#words[NAMED] as number) - first) | 0) <= 0;
    const values = areNumbers ? this.#values.slice(start, start + count) : this.#readNamed(start, count);
    if (values.length === 0) return undefined;
    return { values, times: this.#times.slice(start, start + values.length) };
  }

  #readNamed(start: number, count: number): unknown[] {
    const values: unknown[] = [];
    for (let index = start; index < start + count; index += 1) {
      const state = (this.#states[index] as number) & STATE_MASK;
      if (state < BEGUN || state === BY_MESSAGE) break;
      values.push(state === BEGUN ? this.#values[index] : valueNamed(state));
    }
    return values;
  }

  /** How many of the tasks have ended, or have one behind them that has begun. */
  #countPublished(first: number, most: number): number {
    let count = Math.max(0, (Atomics.load(this.#words, ENDED) - first) | 0);
    while (count < most && this.hasBegun(first + count + 1)) count += 1;
    return Math.min(count, most);
  }

  #name(seq: number, state: number): void {
    this.#states[indexOf(seq)] = wordOf(seq, state);
    this.#raiseNamed(seq);
  }

  #raiseNamed(seq: number): void {
    if (((seq - (this.#words[NAMED] as number)) | 0) >= 0) this.#words[NAMED] = (seq + 1) | 0;
  }

  /** Undefined if its entry serves another. */
  #stateOf(seq: number): number | undefined {
    const word = Atomics.load(this.#states, indexOf(seq));
    const state = word & STATE_MASK;
    return word === wordOf(seq, state) ? state : undefined;
  }
}

function stateNamed(result: unknown): number | undefined {
  if (result === undefined) return UNDEFINED;
  if (result === null) return NULL;
  if (typeof result === 'boolean') return result ? TRUE : FALSE;
  return undefined;
}

function valueNamed(state: number): unknown {
  switch (state) {
    case NULL:
      return null;
    case TRUE:
      return true;
    case FALSE:
      return false;
    default:
      return undefined;
  }
}

function indexOf(seq: number): number {
  return seq & INDEX_MASK;
}

function wordOf(seq: number, state: number): number {
  return (((seq >>> ENTRY_BITS) & LAP_MASK) << STATE_BITS) | state;
}
