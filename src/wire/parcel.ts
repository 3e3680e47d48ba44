/** A value with stand-ins where special values were; object identity ties the two lists to the places. */
export interface Parcel {
  readonly value: unknown;
  readonly standIns: readonly object[];
  /** `module` is the file of this library that knows the tag, where that is not loaded from the start. */
  readonly specials: ReadonlyArray<readonly [tag: string, data: object, module?: string]>;
}

export function isParcel(value: unknown): value is Parcel {
  const { standIns, specials } = (value ?? {}) as Partial<Parcel>;
  return Array.isArray(standIns) && Array.isArray(specials) && standIns.length === specials.length;
}
