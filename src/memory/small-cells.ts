import { type Cells, gridIndexOf } from './cells.ts';
import { SMALL_CLASS_COUNT } from './layout.ts';
import type { PartyId } from './party-slots.ts';
import type { Address } from './shared-words.ts';
import { type Spans, spanOf } from './spans.ts';

/** New spans that a class may take before all its own are looked through for cells whose hint was lost. */
const FIRST_FULL_LOOK = 16;

interface SizeClass {
  readonly free: Address[];
  readonly spans: number[];
  nextFullLook: number;
  /** Every span that may be adopted has been, until another party dies. */
  hasAdopted: boolean;
}

/**
 * Free cells of the spans that this party owns. The lists are this process's own: nothing that a kill could tear is
 * shared, and whoever adopts the spans finds the free cells by looking.
 */
export class SmallCells {
  readonly #cells: Cells;
  readonly #spans: Spans;
  readonly #self: PartyId;
  readonly #classes: readonly SizeClass[] = Array.from({ length: SMALL_CLASS_COUNT }, () => ({
    free: [],
    spans: [],
    nextFullLook: FIRST_FULL_LOOK,
    hasAdopted: false,
  }));

  readonly #reap: () => void;

  /** `reap` is asked to look for the dead before a class grows. */
  constructor(cells: Cells, spans: Spans, self: PartyId, reap: () => void) {
    this.#cells = cells;
    this.#spans = spans;
    this.#self = self;
    this.#reap = reap;
  }

  /** A free cell of the class, or undefined if the region is full. */
  take(sizeClass: number): Address | undefined {
    const own = this.#classes[sizeClass];
    if (own === undefined) return undefined;
    if (own.free.length === 0) this.#refill(sizeClass, own);
    return own.free.pop();
  }

  /** A cell that has just become free. Only its span's owner may list it; others leave a hint. */
  putBack(cell: Address, sizeClass: number): void {
    const span = spanOf(cell);
    if (this.#spans.isOwnedBy(this.#self, span)) this.#classes[sizeClass]?.free.push(cell);
    else this.#spans.noteFreed(span);
  }

  /** Somebody has died: its spans may be adopted. */
  noteDeath(): void {
    for (const sizeClass of this.#classes) sizeClass.hasAdopted = false;
  }

  #refill(sizeClass: number, own: SizeClass): void {
    for (const span of own.spans) {
      if (this.#spans.takeFreedByOthers(span)) this.#list(span, own.free);
    }
    if (own.free.length > 0) return;
    this.#reap();
    if (own.free.length > 0) return;
    if (!own.hasAdopted) {
      this.#adopt(sizeClass, own);
      if (own.free.length > 0) return;
    }
    if (own.spans.length >= own.nextFullLook) {
      own.nextFullLook = own.spans.length * 2;
      for (const span of own.spans) this.#list(span, own.free);
      if (own.free.length > 0) return;
    }
    // The arena's first span has no room for the largest class: its first place names nothing.
    while (own.free.length === 0) {
      const span = this.#spans.claimNew(this.#self, sizeClass);
      if (span === undefined) return;
      own.spans.push(span);
      this.#list(span, own.free);
    }
  }

  #adopt(sizeClass: number, own: SizeClass): void {
    for (let span = 0; span < this.#spans.high; span += 1) {
      if (!this.#spans.adopt(this.#self, span, sizeClass)) continue;
      own.spans.push(span);
      this.#list(span, own.free);
      if (own.free.length > 0) return;
    }
    own.hasAdopted = true;
  }

  /** Highest first, so that the lowest is taken first. The list is empty, so nothing can be listed twice. */
  #list(span: number, free: Address[]): void {
    const found: Address[] = [];
    for (const cell of this.#spans.cellsIn(span)) {
      if (gridIndexOf(cell) !== 0 && this.#cells.isFree(cell)) found.push(cell);
    }
    for (let index = found.length - 1; index >= 0; index -= 1) free.push(found[index] as Address);
  }
}
