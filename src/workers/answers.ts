import { SerializationError } from '../errors/serialization-error.ts';
import { currentIdentity } from '../process/identity.ts';
import { encode } from '../wire/codec.ts';
import { describe, encodeThrown } from './encode-thrown.ts';
import type { Ledger } from './ledger.ts';
import type { Replies } from './replies.ts';

/** How long answers in the ledger may go untold while other tasks run, in milliseconds. */
const UNTOLD = 1;
/** From how long on they are worth a message where a chunk ends: its parent sends the next while this worker runs the one it has. */
const WORTH_TELLING = 0.1;

/** How a worker answers. Every answer is out of its hands before the next task begins: no death of the worker can lose it. */
export class Answers {
  readonly #replies: Replies;
  readonly #ledger: Ledger;
  /** The parent was not told of the latest answer. */
  #isUntold = false;
  /** Since when there are such answers, as far as anybody looked. */
  #untoldSince: number | undefined;

  constructor(replies: Replies, ledger: Ledger) {
    this.#replies = replies;
    this.#ledger = ledger;
  }

  /** Leaves the result in the ledger, if it fits; it is out of the worker's hands when the next task begins, or after `settle`. */
  value(seq: number, ms: number, result: unknown): void {
    if (this.#ledger.tryAnswer(seq, result, ms)) this.keep();
    else this.message(seq, ms, result);
  }

  /** There are results in the ledger that were left there without any of this. */
  keep(): void {
    this.#isUntold = true;
  }

  /** The answers so far are out of the worker's hands, up to that of `seq`, and the parent is told of those that have waited. */
  settle(seq: number, now: number): void {
    this.#ledger.end(seq);
    if (!this.#isUntold) return;
    this.#untoldSince ??= now;
    if (now - this.#untoldSince >= UNTOLD) this.tell();
  }

  error(seq: number, ms: number, thrown: unknown): void {
    this.#startMessage(seq);
    this.#replies.sendValue({ kind: 'error', seq, ms }, (options) =>
      encodeThrown(thrown, currentIdentity().name, options),
    );
  }

  /** Behind all messages before it. */
  message(seq: number, ms: number, result: unknown): void {
    this.#startMessage(seq);
    if (isKeptByJson(result)) {
      this.#replies.send({ kind: 'value', seq, ms, value: result });
      return;
    }
    try {
      this.#replies.sendValue({ kind: 'value', seq, ms }, (options) => encode(result, 'result', options));
    } catch (error) {
      if (!(error instanceof SerializationError)) {
        this.error(seq, ms, error);
        return;
      }
      const { message, path } = error;
      this.#replies.send({ kind: 'unsendable', seq, ms, message, path, value: describe(result) });
    }
  }

  /** A chunk is through, and there may be another. */
  onChunkEnd(now: number): void {
    if (this.#isUntold && this.#untoldSince !== undefined && now - this.#untoldSince >= WORTH_TELLING) this.tell();
  }

  /** Makes the parent look into the ledger, if it has a reason to: whenever what comes next may take its time. */
  tell(): void {
    if (!this.#isUntold) return;
    this.#forget();
    this.#replies.send({ kind: 'look' });
  }

  /** Any message makes the parent look for all answers before it. */
  #startMessage(seq: number): void {
    this.#ledger.answerByMessage(seq);
    this.#forget();
  }

  #forget(): void {
    this.#isUntold = false;
    this.#untoldSince = undefined;
  }
}

/** What `JSON.parse(JSON.stringify(value))` returns unchanged, as a member of an object. */
function isKeptByJson(value: unknown): boolean {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return true;
    case 'string':
      return value.length < 1024;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    default:
      return value === null;
  }
}
