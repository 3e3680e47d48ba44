/** Stands for the end of a process in `wait()`. */
export interface Sentinel {
  readonly __brand: 'Sentinel';
}

/** What a sentinel stands for. */
export interface Ending {
  readonly ended: Promise<unknown>;
  isOver(): boolean;
}

const sentinels = new WeakMap<object, Sentinel>();
const endings = new WeakMap<object, Ending>();

/** The same one at every call. */
export function sentinelOf(record: object, ending: Ending): Sentinel {
  const known = sentinels.get(record);
  if (known) return known;
  const sentinel: Sentinel = Object.freeze({ __brand: 'Sentinel' });
  sentinels.set(record, sentinel);
  endings.set(sentinel, ending);
  return sentinel;
}

/** Undefined for anything that is no sentinel of this process. */
export function endingOf(sentinel: object): Ending | undefined {
  return endings.get(sentinel);
}
