import type { CellLife } from './cells.ts';
import type { Transaction } from './guard.ts';

/** What entries are made of, and the segments they lie in. Places are byte offsets in a segment. */
export interface ChainStore<Entry extends { readonly block: CellLife | undefined }> {
  sizeOf(entry: Entry): number;
  capacity(segment: CellLife): number;
  /** Nobody else looks at what is written until the end of the chain has moved behind it. */
  write(segment: CellLife, at: number, entry: Entry): void;
  read(segment: CellLife, at: number): Entry;
  /** As `read`, without looking into the entry. */
  peek(segment: CellLife, at: number): { readonly size: number; readonly block: CellLife | undefined };
  /** A segment that is given back to the system as soon as the chain is empty. */
  isLarge(segment: CellLife): boolean;
  hold(block: CellLife): void;
  /** As `hold`, for one that may have ended: false if it has. */
  tryHold(block: CellLife): boolean;
  drop(block: CellLife): void;
  setOwned(transaction: Transaction, block: CellLife, isOwned: boolean): void;
}
