import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync } from 'node:fs';
import { BroodError } from '../errors/brood-error.ts';
import { SystemError } from '../errors/system-error.ts';
import type { Mapping, Native } from '../os/native/contract.ts';
import { Cells } from './cells.ts';
import { Chain } from './chain.ts';
import { type ClaimSleep, Claims } from './claims.ts';
import { Crates } from './crates.ts';
import { Guards } from './guard.ts';
import { Handover } from './handover.ts';
import { type Block, Heap, type HeapParts } from './heap.ts';
import { Holds } from './holds.ts';
import { KeptBlocks } from './kept-blocks.ts';
import { KIND } from './kinds.ts';
import { LargeSlots } from './large-slots.ts';
import {
  ARENA_SIZES,
  HEADER_ARENA_ID,
  HEADER_MAGIC,
  HEADER_VERSION,
  LAYOUT_VERSION,
  MAGIC,
  PAGE_BYTES,
  WORD_BYTES,
  windowBytes,
} from './layout.ts';
import { type PartyId, PartySlots } from './party-slots.ts';
import { Segments } from './segments.ts';
import { type Address, SharedWords } from './shared-words.ts';
import { SmallCells } from './small-cells.ts';
import { Spans } from './spans.ts';
import { WarmBlocks } from './warm-blocks.ts';

/** How often an allocation may look for parties that have died, in milliseconds. */
const REAP_INTERVAL = 50;

/** The shared memory of a process tree, as one thread of one process sees it. */
export class Arena {
  /** To be passed to children as one of their descriptors. */
  readonly descriptor: number;
  readonly native: Native;
  readonly words: SharedWords;
  readonly parties: PartySlots;
  readonly self: PartyId;
  readonly guards: Guards;
  readonly heap: Heap;
  readonly handover: Handover;
  readonly crates: Crates;
  readonly warm: WarmBlocks;
  readonly #mapping: Mapping;
  #window: ArrayBuffer;
  #lastReap: number = performance.now();

  /** For `openArena` and `attachArena`. */
  constructor(native: Native, descriptor: number, byteLength: number, mapping?: Mapping) {
    this.native = native;
    this.descriptor = descriptor;
    this.#mapping = mapping ?? native.memory.map(descriptor, byteLength);
    this.#window = this.view(0, windowBytes(0));
    this.words = new SharedWords(this.#window, (end) => this.windowTo(end));
    this.#checkHeader();
    this.parties = new PartySlots(this.words);
    this.self = this.parties.claim(native.threads.currentId());
    const sleep: ClaimSleep = {
      wait: (address, expected, timeout) => native.futex.wait(this.addressInProcess(address), expected, timeout, -1),
      wake: (address) => native.futex.wake(this.addressInProcess(address), 1, -1),
    };
    this.guards = new Guards(this.words, new Claims(this.words, this.parties, sleep, this.self));
    const discardChain = ({ address }: Block): void => new Chain(this, new Segments(this), address).discard();
    const parts = this.#createParts(byteLength, {
      [KIND.queue]: discardChain,
      [KIND.outbox]: discardChain,
      [KIND.crate]: (block) => this.crates.empty(block),
      [KIND.pipe]: ({ address }) => new KeptBlocks(this, address).empty(),
    });
    this.heap = new Heap(parts);
    this.handover = new Handover(parts, this.heap);
    this.crates = new Crates(this);
    this.warm = new WarmBlocks(parts, this.heap);
    this.heap.sweep();
  }

  /** For other threads of this process. It is never undone. */
  get mapping(): Mapping {
    return this.#mapping;
  }

  /** How much address space it has, in bytes: less where the system refuses more. */
  get byteLength(): number {
    return this.#mapping.byteLength;
  }

  /** The number that names this arena in doorbells. */
  get id(): number {
    return this.words.load(HEADER_ARENA_ID);
  }

  /** What the system calls need: where a word lies in this process. */
  addressInProcess(address: Address): number {
    return this.#mapping.address + address * WORD_BYTES;
  }

  /** Shared memory as an ArrayBuffer of its own. Anything may be viewed at any time, more than once. */
  view(offset: number, byteLength: number): ArrayBuffer {
    return this.native.memory.view(this.#mapping.address + offset, byteLength);
  }

  /**
   * The arena from its start on, at least as far as `end` in bytes if small objects lie there: for typed views of them, which
   * should not cost an ArrayBuffer each. It is larger each time that more of it is in use; what was got before stays good.
   */
  windowTo(end: number): ArrayBuffer {
    const byteLength = windowBytes(end);
    if (byteLength > this.#window.byteLength) this.#window = this.view(0, byteLength);
    return this.#window;
  }

  /** Looks who has died and gives back what they held. Call it when a child has ended. */
  reap(): void {
    this.#lastReap = performance.now();
    for (const party of this.parties.listed()) if (party !== this.self) this.parties.isAlive(party, true);
    this.heap.sweep();
  }

  /** For who asks often: a death may be noticed a moment later. */
  reapNowAndThen(): void {
    if (performance.now() - this.#lastReap >= REAP_INTERVAL) this.reap();
  }

  #createParts(byteLength: number, enders: HeapParts['enders']): HeapParts {
    const { words, parties, self, guards, native, descriptor } = this;
    const cells = new Cells(words);
    const spans = new Spans(words, parties);
    return {
      words,
      parties,
      self,
      guards,
      enders,
      cells,
      spans,
      holds: new Holds(words, parties),
      small: new SmallCells(cells, spans, self, () => this.reapNowAndThen()),
      large: new LargeSlots(words, cells, byteLength),
      punchHole: (offset, length) => native.memory.punchHole(descriptor, offset, length),
    };
  }

  #checkHeader(): void {
    // The creator writes the version last; a child cannot have the descriptor before.
    if (this.words.load(HEADER_MAGIC) === MAGIC && this.words.load(HEADER_VERSION) === LAYOUT_VERSION) return;
    throw new BroodError(
      'ERR_ARENA',
      `Cannot attach descriptor ${this.descriptor}: it is no shared memory of this version of brood; use one version in the whole process tree`,
    );
  }
}

/** A new arena for a process tree. Nothing of it has a name, so nothing can be left behind. */
export function openArena(native: Native): Arena {
  let refusal: unknown;
  for (const byteLength of ARENA_SIZES) {
    let descriptor: number | undefined;
    try {
      descriptor = native.memory.createAnonymous('brood-arena', byteLength);
      writeHeader(native, descriptor);
      return new Arena(native, descriptor, byteLength);
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      if (!(error instanceof SystemError)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** The arena whose descriptor this process inherited; `mapping` if another of its threads has mapped it. */
export function attachArena(native: Native, descriptor: number, mapping?: Mapping): Arena {
  if (!mapping) native.memory.closeOnExec(descriptor);
  return new Arena(native, descriptor, mapping?.byteLength ?? fstatSync(descriptor).size, mapping);
}

function writeHeader(native: Native, descriptor: number): void {
  const mapping = native.memory.map(descriptor, PAGE_BYTES);
  const words = new SharedWords(native.memory.view(mapping.address, PAGE_BYTES));
  words.store(HEADER_ARENA_ID, randomBytes(4).readInt32LE());
  words.store(HEADER_MAGIC, MAGIC);
  words.store(HEADER_VERSION, LAYOUT_VERSION);
  // Left mapped would waste address space; the view dies with this function.
  native.memory.unmap(mapping);
}
