import { SerializationError } from '../errors/serialization-error.ts';
import { encodeMessage } from '../memory/handle-kind.ts';
import { fromBytes, toBytes } from './bytes.ts';
import { classify } from './classify.ts';
import { decodeCompact, tryEncodeCompact } from './compact.ts';
import { Format } from './format.ts';
import { kindByTag } from './kind.ts';
import { isLeaf, someMember } from './members.ts';
import { type EncodeOptions, pack } from './pack.ts';
import { isParcel } from './parcel.ts';
import './standard-kinds.ts';
import { type Root, Trail } from './trail.ts';
import { unpack } from './unpack.ts';

/**
 * Values to bytes: what structured clone carries, and every kind that was added. Takes its snapshot before it returns.
 * Throws a SerializationError whose path starts with `root`.
 *
 * Where `root` is a function, `value` is an array that only wraps values which cross together: the path of each starts with
 * what it returns for the index, identity is kept within each of them, and what two of them refer to may arrive as one
 * object or as two. For values that come one after another, or of which each is to fail alone, see `batch.ts`.
 */
export function encode(value: unknown, root: Root, options: EncodeOptions = {}): Buffer {
  const compact = tryEncodeCompact(value, typeof root === 'function' && Array.isArray(value));
  if (compact) return compact;
  const trail = new Trail(root);
  try {
    if (isLeaf(value) || isPlainThroughout(value)) return toBytes(Format.plain, value);
    return encodeMessage(() => toBytes(Format.parcel, pack(value, trail, options)));
  } catch (error) {
    if (error instanceof SerializationError) throw error;
    throw refusal(error, isOverflow(error) ? trail.start : trail.toString());
  }
}

/** Bytes back to the value; a promise only if a module has to be loaded for it. Throws if they are no value of ours. */
export function decode(bytes: Uint8Array): unknown {
  try {
    if (bytes[0] === Format.compact) return decodeCompact(bytes);
    const { format, value } = fromBytes(bytes);
    if (format === Format.plain) return value;
    if (format === Format.parcel && isParcel(value)) return unpack(value);
    throw new SerializationError(`Cannot decode a value: its format is ${format}; both sides must run one version`, '');
  } catch (error) {
    // V8 reads less deep than it writes.
    if (!isOverflow(error)) throw error;
    throw new SerializationError('Cannot decode a value: it is nested too deeply; flatten it', '', { cause: error });
  }
}

/** Instead of `decode`, where nobody wants the value: runs no code of the user's, and lets go of the memory in the message. */
export function discard(bytes: Uint8Array): void {
  if (bytes[0] !== Format.parcel) return;
  const { value } = fromBytes(bytes);
  if (!isParcel(value)) return;
  for (const [tag, data] of value.specials) kindByTag(tag)?.discard?.(data);
}

/**
 * True if structured clone carries all of it. Goes through it without recursion, so as deep as V8 itself, and without
 * keeping a path: what nothing can carry is found again, with its path, when the value is packed.
 */
function isPlainThroughout(root: unknown): boolean {
  const containers = new Set<unknown>();
  const isSpecial = (value: unknown): boolean => {
    if (containers.has(value)) return false;
    const finding = classify(value, NO_PATH);
    if (finding === 'container') containers.add(value);
    return finding !== 'container' && finding !== 'plain';
  };
  try {
    if (isSpecial(root)) return false;
    for (const container of containers) if (someMember(container as object, isSpecial)) return false;
    return true;
  } catch {
    return false;
  }
}

const NO_PATH = '';

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
