import { deserialize, serialize } from 'node:v8';
import { SerializationError } from '../errors/serialization-error.ts';
import { classify } from './classify.ts';
import { type EncodeContext, type Kind, kindByTag } from './kind.ts';
import './standard-kinds.ts';
import { forEachMember, isLeaf, Trail } from './trail.ts';

/** First byte: what follows is the value itself, or a `Parcel`. */
const PLAIN = 0;
const PARCEL = 1;

/** A value with stand-ins where special values were; object identity ties the two lists to the places. */
interface Parcel {
  readonly value: unknown;
  readonly standIns: readonly object[];
  readonly specials: ReadonlyArray<readonly [tag: string, data: object]>;
}

/**
 * Values to bytes: what structured clone carries, and every kind that was added. Takes its snapshot before it returns.
 * Throws a SerializationError whose path starts with `root`.
 */
export function encode(value: unknown, root: string, thrownIn?: EncodeContext['thrownIn']): Buffer {
  try {
    const hasSpecials = !isLeaf(value) && containsSpecial(value, new Trail(root));
    return hasSpecials ? toBytes(PARCEL, pack(value, new Trail(root), { ...(thrownIn && { thrownIn }), refusalOf })) : toBytes(PLAIN, value);
  } catch (error) {
    if (error instanceof SerializationError) throw error;
    throw new SerializationError(`Cannot send ${root}: ${explain(error)}`, root, { cause: error });
  }
}

/** Bytes back to the value; a promise only if a module has to be loaded for it. Throws if they are no value of ours. */
export function decode(bytes: Uint8Array): unknown {
  const format = bytes[0];
  const value: unknown = deserialize(bytes.subarray(1));
  if (format === PLAIN) return value;
  if (format === PARCEL && isParcel(value)) return unpack(value);
  throw new SerializationError(`Cannot decode a value: its format is ${String(format)}; both sides must run one version`, '');
}

function refusalOf(value: unknown, path: string): string | undefined {
  try {
    encode(value, path);
    return undefined;
  } catch (error) {
    return (error as SerializationError).message;
  }
}

function toBytes(format: number, value: unknown): Buffer {
  const body = serialize(value);
  const bytes = Buffer.allocUnsafe(body.length + 1);
  bytes[0] = format;
  body.copy(bytes, 1);
  return bytes;
}

function containsSpecial(root: unknown, trail: Trail): boolean {
  const seen = new Set<unknown>();
  let found = false;
  const visit = (value: unknown): void => {
    if (seen.has(value)) return;
    seen.add(value);
    const finding = classify(value, trail);
    if (finding === 'container') forEachMember(value as object, trail, visit);
    else if (finding !== 'plain') found = true;
  };
  visit(root);
  return found;
}

function pack(root: unknown, trail: Trail, context: EncodeContext): Parcel {
  const copies = new Map<unknown, unknown>();
  const standIns: object[] = [];
  const specials: Array<[string, object]> = [];
  const copy = (value: unknown): unknown => {
    if (isLeaf(value)) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const finding = classify(value, trail);
    if (finding === 'plain') return value;
    if (finding === 'container') return copyContainer(value as object);
    return standInFor(value as object, finding);
  };
  const standInFor = (value: object, kind: Kind): object => {
    const standIn = {};
    copies.set(value, standIn);
    const special: [string, object] = [kind.tag, {}];
    standIns.push(standIn);
    specials.push(special);
    special[1] = copyContainer(kind.encode(value, trail.toString(), context));
    return standIn;
  };
  const copyContainer = (container: object): object => {
    const at = (key: unknown, member: unknown): unknown => {
      trail.enter(container, key);
      const copied = copy(member);
      trail.leave();
      return copied;
    };
    if (Array.isArray(container)) {
      const copied: unknown[] = new Array(container.length);
      copies.set(container, copied);
      for (const key of Object.keys(container)) {
        (copied as unknown as Record<string, unknown>)[key] = at(key, (container as unknown as Record<string, unknown>)[key]);
      }
      return copied;
    }
    if (container instanceof Map) {
      const copied = new Map<unknown, unknown>();
      copies.set(container, copied);
      for (const [key, value] of container) copied.set(at(key, key), at(key, value));
      return copied;
    }
    if (container instanceof Set) {
      const copied = new Set<unknown>();
      copies.set(container, copied);
      for (const value of container) copied.add(at(value, value));
      return copied;
    }
    const copied: Record<string, unknown> = {};
    copies.set(container, copied);
    for (const key of Object.keys(container)) {
      define(copied, key, at(key, (container as Record<string, unknown>)[key]));
    }
    return copied;
  };
  return { value: copy(root), standIns, specials };
}

function unpack(parcel: Parcel): unknown {
  const { standIns, specials } = parcel;
  const made = new Map<unknown, object>();
  const kinds = specials.map(([tag]) => knownKind(tag));
  const pending: Array<Promise<void>> = [];
  specials.forEach(([, data], i) => {
    const kind = kinds[i] as Kind;
    if (kind.isWhole) return;
    const created = kind.create(data);
    if (created instanceof Promise) pending.push(created.then((object) => void made.set(standIns[i], object)));
    else made.set(standIns[i], created);
  });
  const finish = (): unknown => completeParcel(parcel, kinds, made);
  return pending.length > 0 ? Promise.all(pending).then(finish) : finish();
}

/** Inner special values were packed after the ones around them, so whole ones are made from the last to the first. */
function completeParcel({ value, standIns, specials }: Parcel, kinds: readonly Kind[], made: Map<unknown, object>): unknown {
  const seen = new Set<unknown>();
  const restore = (member: unknown): unknown => {
    if (isLeaf(member)) return member;
    const special = made.get(member);
    if (special !== undefined) return special;
    if (!seen.has(member)) {
      seen.add(member);
      restoreMembers(member as object, restore);
    }
    return member;
  };
  for (let i = specials.length - 1; i >= 0; i -= 1) {
    const kind = kinds[i] as Kind;
    const [, data] = specials[i] as readonly [string, object];
    if (kind.isWhole) made.set(standIns[i], kind.create(restore(data) as object) as object);
  }
  specials.forEach(([, data], i) => {
    restore(data);
    kinds[i]?.fill?.(made.get(standIns[i]) as object, data);
  });
  return restore(value);
}

function knownKind(tag: string): Kind {
  const kind = kindByTag(tag);
  if (kind) return kind;
  throw new SerializationError(`Cannot decode a value: this process knows no "${tag}"; import the module that adds it`, '');
}

/** Puts what `restore` returns in the place of every member of a freshly decoded container. */
function restoreMembers(container: object, restore: (member: unknown) => unknown): void {
  if (container instanceof Map) {
    const entries = [...container];
    container.clear();
    for (const [key, value] of entries) container.set(restore(key), restore(value));
  } else if (container instanceof Set) {
    const values = [...container];
    container.clear();
    for (const value of values) container.add(restore(value));
  } else if (Array.isArray(container) || Object.getPrototypeOf(container) === Object.prototype) {
    for (const key of Object.keys(container)) {
      const member = (container as Record<string, unknown>)[key];
      if (!isLeaf(member)) define(container, key, restore(member));
    }
  }
}

/** Assignment would call the setter of `__proto__`. */
function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

function isParcel(value: unknown): value is Parcel {
  const { standIns, specials } = (value ?? {}) as Partial<Parcel>;
  return Array.isArray(standIns) && Array.isArray(specials) && standIns.length === specials.length;
}

function explain(error: unknown): string {
  if (error instanceof RangeError && /call stack/i.test(error.message)) return 'it is nested too deeply; flatten it';
  return `${(error as Error).message}; send plain data instead`;
}
