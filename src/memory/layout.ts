/**
 * Where everything lies in the arena. Only touched pages cost memory, so the tables are sized for the largest case and
 * indexed directly: no table ever grows, moves or needs a lock.
 *
 *   header | guards | party slots | span table | large-slot tables                  (the window, from its beginning on)
 *   span of small cells | who holds them | span | who holds them | …                (as far as the window reaches by now)
 *   zones of large slots, one zone per size class                                   (mapped, viewed piecewise)
 */
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

export const PAGE_BYTES: number = 4 * KIB;
export const WORD_BYTES = 4;
/** Changes with every change of this file or of any format in the arena. */
export const LAYOUT_VERSION = 5;
export const MAGIC = 0x62726f6f; // "broo"

export const MAX_PARTIES = 512;
export const PARTY_SLOT_BYTES = 128;
export const GUARD_COUNT = 64;
export const GUARD_BYTES = 1024;

/** Cells start on this grid, so one bit per grid step says who holds what. */
export const CELL_GRID_BYTES = 64;
/** What a cell begins with; see cells.ts. */
export const CELL_HEADER_BYTES = 16;
export const SPAN_BYTES: number = 64 * KIB;
export const SPAN_ENTRY_BYTES = 16;
export const SPAN_COUNT = 16_384;
/** One bit for each place where a cell of the span may begin. */
export const HOLDS_BYTES_PER_PARTY: number = SPAN_BYTES / CELL_GRID_BYTES / 8;
/** From one span to the next: behind it lies who holds its cells. */
export const SPAN_STRIDE_BYTES: number = SPAN_BYTES + MAX_PARTIES * HOLDS_BYTES_PER_PARTY;
/** Cell sizes of the small region: 64 bytes to a whole span. */
export const SMALL_CLASS_COUNT = 11;
/** Blocks above this lie outside of the window, in pages of their own. */
export const LARGEST_SMALL_BYTES: number = SPAN_BYTES - CELL_HEADER_BYTES;

/** Slot sizes of the large region: 128 KiB, doubling. */
const SMALLEST_LARGE_BYTES: number = 128 * KIB;
const LARGE_CLASS_COUNT = 20;
export const LARGE_SLOTS_PER_CLASS = 65_536;

/** Behind the header's page. */
export const GUARDS_OFFSET: number = 1 * PAGE_BYTES;
export const PARTIES_OFFSET: number = GUARDS_OFFSET + GUARD_COUNT * GUARD_BYTES;
export const SPANS_OFFSET: number = PARTIES_OFFSET + MAX_PARTIES * PARTY_SLOT_BYTES;
export const LARGE_TABLES_OFFSET: number = SPANS_OFFSET + SPAN_COUNT * SPAN_ENTRY_BYTES;
export const SMALL_OFFSET: number = alignUp(
  LARGE_TABLES_OFFSET + LARGE_CLASS_COUNT * LARGE_SLOTS_PER_CLASS * WORD_BYTES,
  MIB,
);
/** Where small cells end, and the window at the latest. One ArrayBuffer shows at most 4 GiB on Node 20. */
const SMALL_END: number = SMALL_OFFSET + SPAN_COUNT * SPAN_STRIDE_BYTES;
/** What the window shows at first: 16 spans, which a small pool and its workers have enough of. */
const FIRST_WINDOW_BYTES: number = 8 * MIB;

/** Words of the header page. */
export const HEADER_MAGIC = 0;
export const HEADER_VERSION = 1;
/** Random, part of the doorbells' names. */
export const HEADER_ARENA_ID = 2;
/** One more than the highest party slot ever used. */
export const HEADER_PARTIES_HIGH = 3;
/** Counts arrivals of parties, so that watchers notice new ones. */
export const HEADER_PARTIES_EPOCH = 4;
/** One more than the highest span ever used. */
export const HEADER_SPANS_HIGH = 5;

/** Mapping sizes to try, largest first: an address-space limit must not keep a small program from running. */
export const ARENA_SIZES: readonly number[] = [2560 * GIB, 512 * GIB, 64 * GIB, SMALL_END + 16 * GIB, SMALL_END];

/** The zones of the large region in an arena of `arenaBytes`. A class whose slot does not fit its zone has no slots. */
export function largeZones(
  arenaBytes: number,
): ReadonlyArray<{ readonly offset: number; readonly slotBytes: number; readonly slots: number }> {
  const share = Math.floor((arenaBytes - SMALL_END) / LARGE_CLASS_COUNT);
  const zones = [];
  for (let index = 0, offset = SMALL_END; index < LARGE_CLASS_COUNT; index += 1) {
    const slotBytes = SMALLEST_LARGE_BYTES * 2 ** index;
    const slots = Math.min(LARGE_SLOTS_PER_CLASS, Math.floor(share / slotBytes));
    zones.push({ offset, slotBytes, slots });
    offset += slots * slotBytes;
  }
  return zones;
}

/** How large the window is that reaches to `end`. V8 takes all of it for memory of this process: see docs/decisions/0005-arena-memory.md. */
export function windowBytes(end: number): number {
  let byteLength = FIRST_WINDOW_BYTES;
  while (byteLength < end) byteLength *= 2;
  return Math.min(byteLength, SMALL_END);
}

function alignUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
