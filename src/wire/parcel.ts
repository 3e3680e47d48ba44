import { DamagedMessageError } from './damaged-message.ts';

/** A value with stand-ins where special values were; object identity ties the two lists to the places. */
export interface Parcel {
  readonly value: unknown;
  readonly standIns: readonly object[];
  readonly specials: ReadonlyArray<readonly [tag: string, data: object]>;
  /** By tag, the file of this library that knows it, where that is not loaded from the start. */
  readonly modules?: Readonly<Record<string, string>>;
}

/** Throws a DamagedMessageError if a value that was read is none. */
export function toParcel(value: unknown): Parcel {
  const { standIns, specials, modules = {} } = (value ?? {}) as Partial<Parcel>;
  const isParcel =
    Array.isArray(standIns) &&
    Array.isArray(specials) &&
    standIns.length === specials.length &&
    standIns.every(isObject) &&
    specials.every((it) => Array.isArray(it) && typeof it[0] === 'string' && isObject(it[1])) &&
    isObject(modules);
  if (!isParcel) throw new DamagedMessageError('it is no parcel');
  return value as Parcel;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
