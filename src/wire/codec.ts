import { BroodError } from '../errors/brood-error.ts';
import { SerializationError } from '../errors/serialization-error.ts';
import { encodeMessage } from '../memory/handle-kind.ts';
import { endLeases } from '../memory/lease.ts';
import type { BriefBytes } from './byte-writer.ts';
import { fromBytes, toBytes } from './bytes.ts';
import { decodeCompact, decodeCompactList, tryEncodeCompact, tryEncodeCompactBriefly } from './compact.ts';
import { DamagedMessageError } from './damaged-message.ts';
import { Format } from './format.ts';
import { kindByTag } from './kind.ts';
import { type EncodeOptions, pack } from './pack.ts';
import { toParcel } from './parcel.ts';
import { isPlainThroughout } from './plainness.ts';
import './standard-kinds.ts';
import { isPacked } from '../util/packed-numbers.ts';
import { type Root, Trail } from './trail.ts';
import { unpack } from './unpack.ts';

/**
 * Values to bytes: what structured clone carries, and every kind that was added. Takes its snapshot before it returns.
 * Throws a SerializationError whose path starts with `root`.
 *
 * Where `root` is a function, `value` is an array that only wraps values which cross together: the path of each starts with
 * what it returns for the index, identity is kept within each of them, and what two of them refer to may arrive as one
 * object or as two. It costs a tenth of encoding each alone, where V8 has to write them. Packed numbers stand for the array.
 */
export function encode(value: unknown, root: Root, options: EncodeOptions = {}): Buffer {
  const isList = typeof root === 'function' && (Array.isArray(value) || isPacked(value));
  return tryEncodeCompact(value, isList) ?? encodeGenerally(value, root, isList, options);
}

/** As `encode`; the bytes are there until something else is encoded. */
export function encodeBriefly(value: unknown, root: string, options: EncodeOptions = {}): BriefBytes {
  const compact = tryEncodeCompactBriefly(value);
  if (compact) return compact;
  const bytes = encodeGenerally(value, root, false, options);
  return { bytes, byteLength: bytes.byteLength };
}

function encodeGenerally(value: unknown, root: Root, isList: boolean, options: EncodeOptions): Buffer {
  const trail = new Trail(root);
  try {
    if (isPlainThroughout(value, isList, options.leavesOut === true)) return toBytes(Format.plain, value);
    return encodeMessage(() => toBytes(Format.parcel, pack(value, trail, options)), options.list);
  } catch (error) {
    endLeases(options.held ?? []);
    if (error instanceof SerializationError) throw error;
    throw refusal(error, isOverflow(error) ? trail.start : trail.toString());
  }
}

/**
 * Bytes back to the value; a promise only if a module has to be loaded for it. Whatever the bytes are, it throws a
 * SerializationError or returns a value: a DamagedMessageError if no `encode` made them. What modules throw that are
 * imported for the value comes as it is.
 */
export function decode(bytes: Uint8Array): unknown {
  try {
    switch (bytes[0]) {
      case Format.compact:
        return decodeCompact(bytes, bytes.length);
      case Format.plain:
        return fromBytes(bytes);
      case Format.parcel:
        return unpack(toParcel(fromBytes(bytes)));
    }
  } catch (error) {
    throw isOverflow(error) ? tooDeep(error) : asOwnError(error);
  }
  throw new DamagedMessageError(bytes.length === 0 ? 'there are no bytes' : `its format is ${bytes[0]}`);
}

/** As `decode`, for what was encoded as a list: if it holds nothing but numbers, they come packed. */
export function decodeList(bytes: Uint8Array): unknown {
  if (bytes[0] !== Format.compact) return decode(bytes);
  try {
    return decodeCompactList(bytes);
  } catch (error) {
    throw isOverflow(error) ? tooDeep(error) : asOwnError(error);
  }
}

/** As `decode`, of the first so many bytes, which somebody is going to write to soon. */
export function decodeBrief(bytes: Uint8Array, byteLength: number): unknown {
  if (bytes[0] !== Format.compact) return decode(new Uint8Array(bytes.subarray(0, byteLength)));
  try {
    return decodeCompact(bytes, byteLength);
  } catch (error) {
    throw isOverflow(error) ? tooDeep(error) : asOwnError(error);
  }
}

/** Instead of `decode`, where nobody wants the value: runs no code of the user's, and lets go of the memory in the message. */
export function discard(bytes: Uint8Array): void {
  if (bytes[0] !== Format.parcel) return;
  for (const [tag, data] of toParcel(fromBytes(bytes)).specials) kindByTag(tag)?.discard?.(data);
}

/** V8 reads less deep than it writes. */
function tooDeep(cause: unknown): SerializationError {
  return new SerializationError('Cannot decode a value: it is nested too deeply; flatten it', '', { cause });
}

/** From a codec of the user's, or a kind that the data does not suit; ours, of an object that was freed, are not to be hidden. */
function asOwnError(error: unknown): BroodError {
  if (error instanceof BroodError) return error;
  return new SerializationError(`Cannot decode a value: ${messageOf(error)}`, '', { cause: error });
}

function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

function refusal(error: unknown, path: string): SerializationError {
  const why = isOverflow(error)
    ? 'it is nested too deeply; flatten it'
    : `${messageOf(error)}; send plain data instead`;
  return new SerializationError(`Cannot send ${path}: ${why}`, path, { cause: error });
}

/** Getters and codecs of users may throw anything. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : `${typeof error} was thrown on reading it`;
}
