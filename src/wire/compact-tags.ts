/**
 * The compact format: values that are small and plain, without identity. Each value begins with one of these bytes.
 * Counts are varints (7 bits a byte, lowest first, at most 2 ** 32 - 1); numbers are little-endian.
 */
export const Tag = {
  undefined: 0x00,
  null: 0x01,
  false: 0x02,
  true: 0x03,
  /** 4 bytes. */
  int32: 0x04,
  /** 8 bytes. */
  double: 0x05,
  /** Count, then a byte for each unit. */
  latin1: 0x06,
  /** Count, then two bytes for each unit, lone surrogates included. */
  utf16: 0x07,
  /** Count, then the elements. */
  array: 0x08,
  /** Count of keys, the keys (strings), then the members. From then on the message knows this shape by a number. */
  newShape: 0x09,
  /** Number of the shape, then the members. */
  knownShape: 0x0a,
  /** Count, then 4 bytes for each element. */
  int32Block: 0x0b,
  /** Count, then 8 bytes for each element. */
  doubleBlock: 0x0c,
  /** Count, then the bytes. */
  uint8Array: 0x0d,
  buffer: 0x0e,
  /** And up to 63 more: the count of a latin1 string. */
  shortLatin1: 0x40,
  /** And up to 127 more: the integer itself. */
  smallInteger: 0x80,
} as const;

export const SHORT_LATIN1_LIMIT = 64;
export const SMALL_INTEGER_LIMIT = 128;

/** Containers within containers; what is nested deeper takes the general way. */
export const DEPTH_LIMIT = 64;
