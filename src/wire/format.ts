/** First byte of a message: how to read the rest. */
export const Format = {
  /** What structured clone carries, as V8 writes it. */
  plain: 0,
  /** A `Parcel`, as V8 writes it. */
  parcel: 1,
  /** See `compact-tags.ts`. */
  compact: 2,
} as const;
