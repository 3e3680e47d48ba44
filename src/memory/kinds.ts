/** What lives in a cell. Numbers are part of the arena's format. */
export const KIND = {
  lock: 1,
  rlock: 2,
  semaphore: 3,
  condition: 4,
  event: 5,
  barrier: 6,
  value: 7,
  bytes: 8,
  queue: 9,
  segment: 10,
  crate: 11,
  ring: 12,
  frame: 13,
  outbox: 14,
  buffer: 15,
  pipe: 20,
  pipeEnd: 21,
  lease: 23,
  socketOffer: 24,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** What other blocks may own; see `Heap.setOwned`. */
export const OWNABLE_KINDS: ReadonlySet<number> = new Set([KIND.segment, KIND.crate]);
