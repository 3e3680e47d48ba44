/** Stands for the end of a process in `wait()`. */
export interface Sentinel {
  readonly __brand: 'Sentinel';
}

const sentinels = new WeakMap<object, Sentinel>();

/** The same one at every call. */
export function sentinelOf(record: object): Sentinel {
  const known = sentinels.get(record);
  if (known) return known;
  const sentinel: Sentinel = Object.freeze({ __brand: 'Sentinel' });
  sentinels.set(record, sentinel);
  return sentinel;
}
