import { classify } from './classify.ts';
import { bytesToLeaveOut, canLeaveOut } from './left-out-kind.ts';
import { isLeaf, someMember } from './members.ts';
import { MemoryCheck } from './memory-check.ts';

/**
 * True if V8's serializer carries all of it as it is, and with `leavesOut` nothing should be left out. Goes through it without recursion, so as deep as V8 itself, and
 * without keeping a path: what nothing can carry is found again, with its path, when the value is packed.
 */
export function isPlainThroughout(value: unknown, isList: boolean, leavesOut: boolean): boolean {
  const walk = new Walk(leavesOut);
  try {
    const isPlain = isList ? (value as readonly unknown[]).every((it) => walk.isPlain(it)) : walk.isPlain(value);
    return isPlain && !(walk.isWorthPacking && canLeaveOut());
  } catch {
    return false; // A getter threw, or a Proxy was met.
  }
}

const NO_PATH = '';

/** What it costs to pack a container, as bytes that could be copied meanwhile. */
const BYTES_PER_CONTAINER = 1024;

class Walk {
  readonly #seen = new Set<object>();
  readonly #pending: object[] = [];
  readonly #memory = new MemoryCheck();
  readonly #leavesOut: boolean;
  #bytesToLeaveOut = 0;

  constructor(leavesOut: boolean) {
    this.#leavesOut = leavesOut;
  }

  /** There are large buffers, and not too much around them. */
  get isWorthPacking(): boolean {
    return this.#bytesToLeaveOut > this.#seen.size * BYTES_PER_CONTAINER;
  }

  isPlain(root: unknown): boolean {
    if (this.#isSpecial(root)) return false;
    for (let next = this.#pending.pop(); next; next = this.#pending.pop()) {
      if (someMember(next, this.#isSpecial)) return false;
    }
    const isPlain = !this.#memory.needsCare;
    this.#memory.clear();
    return isPlain;
  }

  #isSpecial = (value: unknown): boolean => {
    if (isLeaf(value) || this.#seen.has(value as object)) return false;
    const finding = classify(value, NO_PATH);
    if (finding === 'container') {
      this.#seen.add(value as object);
      this.#pending.push(value as object);
      return false;
    }
    if (finding !== 'plain') return true;
    this.#memory.add(value as object);
    if (this.#leavesOut) this.#bytesToLeaveOut += bytesToLeaveOut(value as object);
    return false;
  };
}
