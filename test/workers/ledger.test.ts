import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEDGER_ENTRIES, Ledger } from '#dist/workers/ledger.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

/** What is true of a task, whatever its parent knows. */
type Truth =
  | { readonly is: 'sent' | 'taken' | 'refused' | 'message' }
  | { readonly is: 'answered'; readonly value: unknown };

const NUMBERS: readonly unknown[] = [0, 1, -0, 0.5, Number.NaN, 2 ** 40];
const ANY: readonly unknown[] = [...NUMBERS, undefined, null, true, false, 'text', {}];

/** A worker and its parent over one ledger, who take steps in any order; messages arrive later than they are sent. */
class Play {
  readonly #ledger = Ledger.tryShare() as Ledger;
  readonly #random: () => number;
  readonly #results: readonly unknown[];
  readonly #truths: Truth[] = [];
  /** The first task that the worker has not come to, and the first of which the parent has not heard. */
  #next = 0;
  #heard = 0;
  readings = 0;

  constructor(random: () => number, results: readonly unknown[]) {
    this.#random = random;
    this.#results = results;
  }

  get isOver(): boolean {
    return this.#heard === this.#truths.length;
  }

  #upTo(most: number): number {
    return Math.floor(this.#random() * (most + 1));
  }

  send(most: number): void {
    const first = this.#truths.length;
    const count = Math.min(1 + this.#upTo(most), LEDGER_ENTRIES - (first - this.#heard));
    if (count > 0) this.#ledger.open(first, count);
    for (let n = 0; n < count; n += 1) this.#truths.push({ is: 'sent' });
  }

  work(most: number): void {
    const end = Math.min(this.#truths.length, this.#next + this.#upTo(most));
    for (; this.#next < end; this.#next += 1) {
      const seq = this.#next;
      const hasBegun = this.#ledger.tryBegin(seq);
      assert.equal(hasBegun, this.#truths[seq]?.is === 'sent', `task ${seq}`);
      if (!hasBegun) this.#ledger.end(seq);
      else this.#truths[seq] = this.#answer(seq, this.#results[this.#upTo(this.#results.length - 1)]);
      if (this.#random() < 0.02) this.#ledger.end(seq);
    }
  }

  #answer(seq: number, value: unknown): Truth {
    assert.ok(this.#ledger.hasBegun(seq));
    if (this.#ledger.tryAnswer(seq, value, seq)) return { is: 'answered', value };
    this.#ledger.answerByMessage(seq);
    return { is: 'message' };
  }

  refuse(most: number): void {
    const end = Math.min(this.#truths.length, this.#next + this.#upTo(most));
    for (; this.#next < end; this.#next += 1) {
      const isRefused = this.#ledger.tryRefuse(this.#next);
      assert.equal(isRefused, this.#truths[this.#next]?.is === 'sent');
      if (isRefused) this.#truths[this.#next] = { is: 'refused' };
    }
  }

  takeBack(most: number): void {
    const start = Math.max(this.#heard, this.#truths.length - this.#upTo(most));
    for (let seq = this.#truths.length - 1; seq >= start; seq -= 1) {
      const isTaken = this.#ledger.tryTakeBack(seq);
      assert.equal(isTaken, this.#truths[seq]?.is === 'sent', `task ${seq}`);
      if (isTaken) this.#truths[seq] = { is: 'taken' };
    }
  }

  /** Up to the next message that has not arrived. */
  read(): void {
    for (;;) {
      while (this.#truths[this.#heard]?.is === 'taken') this.#heard += 1;
      let end = this.#heard;
      while (end < this.#truths.length && this.#truths[end]?.is !== 'taken') end += 1;
      const read = end > this.#heard ? this.#ledger.read(this.#heard, end - this.#heard) : undefined;
      if (!read) return;
      this.readings += 1;
      for (let n = 0; n < read.values.length; n += 1) {
        const truth = this.#truths[this.#heard + n] as Truth;
        assert.ok(truth.is === 'answered', `task ${this.#heard + n} is ${truth.is}`);
        assert.ok(Object.is(read.values[n], truth.value), `task ${this.#heard + n}`);
        assert.equal(read.times[n], Math.fround(this.#heard + n));
      }
      this.#heard += read.values.length;
    }
  }

  /** A message arrives: what the ledger says of the tasks before it is read first. */
  receive(): void {
    this.read();
    const truth = this.#truths[this.#heard];
    if (truth?.is === 'message' || truth?.is === 'refused') this.#heard += 1;
  }

  /** All that is left is run, published and told. */
  finish(): void {
    while (this.#next < this.#truths.length) this.work(this.#truths.length);
    this.#ledger.end(this.#truths.length - 1);
    for (let last = -1; last !== this.#heard; ) {
      last = this.#heard;
      this.receive();
    }
  }
}

test('In any order of sending, running, refusing, taking back and reading each task is told of once, as it ended', () => {
  const random = createRandom(seed);
  for (let round = 0; round < scaled(20); round += 1) {
    const play = new Play(random, round % 2 === 0 ? NUMBERS : ANY);
    // Some rounds go through the ledger more than once.
    const most = round % 4 < 2 ? LEDGER_ENTRIES / 4 : 40;
    for (let step = 0; step < 400; step += 1) {
      const choice = random();
      if (choice < 0.25) play.send(most);
      else if (choice < 0.55) play.work(most);
      else if (choice < 0.6) play.refuse(10);
      else if (choice < 0.7) play.takeBack(10);
      else if (choice < 0.9) play.read();
      else play.receive();
    }
    play.finish();
    assert.ok(play.isOver);
    assert.ok(play.readings > 0);
  }
});

test('A result is published by the beginning of the next task, or by its own end, and not before', () => {
  const ledger = Ledger.tryShare() as Ledger;
  ledger.open(0, 3);
  for (const seq of [0, 1]) {
    assert.ok(ledger.tryBegin(seq));
    assert.ok(ledger.tryAnswer(seq, 10 + seq, 0));
  }
  assert.deepEqual([...(ledger.read(0, 3)?.values ?? [])], [10]);
  assert.equal(ledger.read(1, 2), undefined);
  ledger.end(1);
  assert.deepEqual([...(ledger.read(1, 2)?.values ?? [])], [11]);
  assert.ok(ledger.hasBegun(1));
  assert.ok(!ledger.hasBegun(2));
});
