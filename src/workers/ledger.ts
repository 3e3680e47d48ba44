import { fromPlain, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { missingNativeReason } from '../os/native/native.ts';

/** How many tasks a worker may have at once, and so the most that are ever sent together. A power of two. */
export const LEDGER_ENTRIES = 16_384;

const BYTES_PER_ENTRY = 16;

/**
 * States of an entry, in the low bits of its word; above them the number of the task, so that whoever comes late to an entry
 * that serves another task by now changes nothing.
 */
const OPEN = 0; // sent, and nobody's yet
const TAKEN_BACK = 1; // its parent has it again: the worker passes it over
const BEGUN = 2; // the worker runs it, or has answered it by a message
const NUMBER = 3; // answered: with the number beside the word, or with one of the values that need no more than their name
const UNDEFINED = 4;
const NULL = 5;
const TRUE = 6;
const FALSE = 7;
const STATE_BITS = 3;
const STATE_MASK = 7;

/**
 * What a worker and its parent agree on without a message: one entry for each task that was sent, which either side claims by
 * one atomic exchange. A worker begins a task only if its parent has not taken it back, and the other way round, whatever each
 * is doing. Small results are left here too, so that they are published before the next task begins, and outlive the worker.
 *
 * Tasks of one worker are numbered from 0 on, and begin in that order. Without shared memory the worker keeps a ledger of its
 * own, and is asked by messages.
 */
export class Ledger {
  readonly isShared: boolean;
  readonly #block: SharedBlock | undefined;
  readonly #values: Float64Array;
  readonly #words: Int32Array;
  readonly #times: Float32Array;

  private constructor(buffer: ArrayBuffer, block: SharedBlock | undefined) {
    this.isShared = block !== undefined;
    this.#block = block;
    this.#values = new Float64Array(buffer, 0, LEDGER_ENTRIES);
    this.#words = new Int32Array(buffer, LEDGER_ENTRIES * 8, LEDGER_ENTRIES);
    this.#times = new Float32Array(buffer, LEDGER_ENTRIES * 12, LEDGER_ENTRIES);
  }

  /** Undefined without shared memory. */
  static tryShare(): Ledger | undefined {
    if (missingNativeReason() !== undefined) return undefined;
    return Ledger.#over(SharedBlock.allocate(KIND.bytes, LEDGER_ENTRIES * BYTES_PER_ENTRY, 'the ledger of a worker'));
  }

  /** The one that another process shares, and lends. */
  static admit(handle: PlainData): Ledger {
    return Ledger.#over(SharedBlock.admit(KIND.bytes, fromPlain(handle), 'the ledger of a worker'));
  }

  static createOwn(): Ledger {
    return new Ledger(new ArrayBuffer(LEDGER_ENTRIES * BYTES_PER_ENTRY), undefined);
  }

  static #over(block: SharedBlock): Ledger {
    return new Ledger(block.arena.view(block.offset, LEDGER_ENTRIES * BYTES_PER_ENTRY), block);
  }

  /** For the child, which admits it while this object lives; null if it is not shared. */
  lend(): PlainData {
    return this.#block ? toPlain(this.#block, 'lent') : null;
  }

  /** Before these tasks are sent. Their entries must be free: the tasks out at a time are at most `LEDGER_ENTRIES` in a row. */
  open(first: number, count: number): void {
    // What sends them makes these stores visible, too.
    for (let seq = first; seq < first + count; seq += 1) this.#words[indexOf(seq)] = wordOf(seq, OPEN);
  }

  /** True if the worker has not begun the task: then it never will. */
  tryTakeBack(seq: number): boolean {
    return this.#claim(seq, TAKEN_BACK);
  }

  /** True if its parent has not taken the task back: then it never can. */
  tryBegin(seq: number): boolean {
    return this.#claim(seq, BEGUN);
  }

  hasBegun(seq: number): boolean {
    return Atomics.load(this.#words, indexOf(seq)) === wordOf(seq, BEGUN);
  }

  /** Publishes the result of a task that has begun and took `ms`. False if it does not fit: then it goes by a message. */
  tryAnswer(seq: number, result: unknown, ms: number): boolean {
    const index = indexOf(seq);
    let state: number;
    if (typeof result === 'number') {
      state = NUMBER;
      this.#values[index] = result;
    } else if (result === undefined) state = UNDEFINED;
    else if (result === null) state = NULL;
    else if (typeof result === 'boolean') state = result ? TRUE : FALSE;
    else return false;
    this.#times[index] = ms;
    Atomics.store(this.#words, index, wordOf(seq, state)); // Last: whoever sees it sees the rest.
    return true;
  }

  /** The results from `first` on, at most `most`, up to the first task that is not answered; undefined if that is `first`. */
  read(first: number, most: number): { readonly values: unknown[]; readonly times: Float32Array } | undefined {
    const start = indexOf(first);
    const count = this.#countAnswered(first, Math.min(most, LEDGER_ENTRIES - start));
    if (count === 0) return undefined;
    const values = new Array<unknown>(count);
    for (let i = 0; i < count; i += 1) {
      const state = (this.#words[start + i] as number) & STATE_MASK;
      values[i] = state === NUMBER ? this.#values[start + i] : valueNamed(state);
    }
    return { values, times: this.#times.slice(start, start + count) };
  }

  #countAnswered(first: number, most: number): number {
    for (let count = 0; count < most; count += 1) {
      const word = Atomics.load(this.#words, indexOf(first + count));
      const state = word & STATE_MASK;
      if (state < NUMBER || word !== wordOf(first + count, state)) return count;
    }
    return most;
  }

  #claim(seq: number, state: number): boolean {
    const open = wordOf(seq, OPEN);
    return Atomics.compareExchange(this.#words, indexOf(seq), open, wordOf(seq, state)) === open;
  }
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
  return seq & (LEDGER_ENTRIES - 1);
}

function wordOf(seq: number, state: number): number {
  return (seq << STATE_BITS) | state;
}
