import assert from 'node:assert/strict';
import type { CellLife } from '#dist/memory/cells.js';
import type { Transaction } from '#dist/memory/guard.js';
import type { SharedWords } from '#dist/memory/shared-words.js';
import type { ItemStore } from '#dist/queues/queue-core.js';
import { type ModelEnvironment, OBJECTS, type World } from '../parking/model-world.js';

/** A number, in the segment itself or in a block of its own. */
export interface ModelItem {
  readonly value: number;
  readonly block: CellLife | undefined;
}

const BLOCKS = OBJECTS + 1200;
const BLOCK_WORDS = 24;
const OWNED = 2;
const CONTENT = 8;
/** An entry: value, cell of its block or 0. */
const ENTRY_BYTES = 8;
/** Two entries fill a segment. */
const CAPACITY = 2 * ENTRY_BYTES;

/** The blocks of one run; the programs share it. */
export class ModelBlocks {
  count = 0;
  /** Who holds which block; the dead hold nothing, once what they left undone is undone. */
  readonly holders = new Map<number, Set<number>>();

  /** After the last step: what is linked is owned, what is owned is linked, and nobody alive holds anything. */
  check(world: World, linked: ReadonlySet<number>): void {
    const words = world.plainWords();
    for (let index = 0; index < this.count; index += 1) {
      const cell = BLOCKS + index * BLOCK_WORDS;
      assert.equal(words.load(cell + OWNED), linked.has(cell) ? 1 : 0, `block ${index} is ${linked.has(cell)} linked`);
      for (const holder of this.holders.get(cell) ?? [])
        assert.ok(world.parties[holder]?.isKilled, `party ${holder} still holds block ${index}`);
    }
  }
}

/** The memory that a chain needs, on a model world; every write is a step. */
export class ModelStore implements ItemStore<ModelItem> {
  readonly #words: SharedWords;
  readonly #blocks: ModelBlocks;
  readonly #env: ModelEnvironment | undefined;

  /** Without an environment: for looking at the outcome. */
  constructor(words: SharedWords, blocks: ModelBlocks, env?: ModelEnvironment) {
    this.#words = words;
    this.#blocks = blocks;
    this.#env = env;
  }

  item(value: number, hasBlock: boolean): ModelItem {
    return { value, block: hasBlock ? this.#allocate() : undefined };
  }

  allocate(): CellLife {
    return this.#allocate();
  }

  sizeOf(): number {
    return ENTRY_BYTES;
  }

  capacity(): number {
    return CAPACITY;
  }

  isLarge(segment: CellLife): boolean {
    // Some of each: which are given back at once, and which are used again.
    return (segment.cell / BLOCK_WORDS) % 2 < 1;
  }

  write({ cell }: CellLife, at: number, { value, block }: ModelItem): void {
    this.#words.store(cell + CONTENT + at / 4, value);
    this.#words.store(cell + CONTENT + at / 4 + 1, block?.cell ?? 0);
  }

  read(segment: CellLife, at: number): ModelItem {
    return { value: this.#words.load(segment.cell + CONTENT + at / 4), block: this.peek(segment, at).block };
  }

  peek({ cell }: CellLife, at: number): { size: number; block: CellLife | undefined } {
    const block = this.#words.load(cell + CONTENT + at / 4 + 1);
    return { size: ENTRY_BYTES, block: block === 0 ? undefined : { cell: block, tag: 1 } };
  }

  tryHold(block: CellLife): boolean {
    this.hold(block);
    return true;
  }

  hold({ cell }: CellLife): void {
    this.#note((self) => this.#holdersOf(cell).add(self));
  }

  drop({ cell }: CellLife): void {
    this.#note((self) => assert.ok(this.#holdersOf(cell).delete(self), 'it drops what it does not hold'));
  }

  setOwned(transaction: Transaction, { cell }: CellLife, isOwned: boolean): void {
    if (this.#env !== undefined)
      this.#note((self) => assert.ok(this.#holdersOf(cell).has(self), 'it changes the owner of what it does not hold'));
    transaction.write(cell + OWNED, isOwned ? 1 : 0);
  }

  #allocate(): CellLife {
    const take = (): number => BLOCKS + this.#blocks.count++ * BLOCK_WORDS;
    const cell = this.#env === undefined ? take() : this.#env.peek(take);
    const block = { cell, tag: 1 };
    this.hold(block);
    return block;
  }

  #holdersOf(cell: number): Set<number> {
    const holders = this.#blocks.holders.get(cell) ?? new Set();
    this.#blocks.holders.set(cell, holders);
    return holders;
  }

  #note(act: (self: number) => void): void {
    const env = this.#env;
    env?.note(() => act(env.index));
  }
}
