/** A value with stand-ins where special values were; object identity ties the two lists to the places. */
export interface Parcel {
  readonly value: unknown;
  readonly standIns: readonly object[];
  readonly specials: ReadonlyArray<readonly [tag: string, data: object]>;
  /** By tag, the file of this library that knows it, where that is not loaded from the start. */
  readonly modules?: Readonly<Record<string, string>>;
}

export function isParcel(value: unknown): value is Parcel {
  const { standIns, specials } = (value ?? {}) as Partial<Parcel>;
  return Array.isArray(standIns) && Array.isArray(specials) && standIns.length === specials.length;
}
