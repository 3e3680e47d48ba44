import type { Carriage } from '../memory/handle-kind.ts';

/**
 * A kind of value that structured clone would refuse or flatten, and how it crosses instead.
 *
 * The data a kind makes may hold further special values, itself included: the codec goes through it as through any
 * value. Locks, queues, connections and shared arrays join as kinds of their own.
 */
export interface Kind<T extends object = object, D extends object = object> {
  /** Goes over the wire; unique. */
  readonly tag: string;
  matches(value: object): boolean;
  /** What stands for the value. Throws a SerializationError naming `path` if it cannot cross. */
  encode(value: T, path: string, context: EncodeContext): D;
  /** Makes the value, as far as it can be made before what it refers to exists. May have to load a module first. */
  create(data: D): T | Promise<T>;
  /** Completes it, once every special value its data refers to has been created. */
  fill?(value: T, data: D): void;
  /** Nobody will read the message: lets go of what only it keeps alive. */
  discard?(data: D): void;
  /** `create` needs its data complete; such values cannot refer to each other in a circle. */
  readonly isWhole?: true;
  /**
   * `create` is called when a part of its data is there, and may be needed by what others are made of. For those that may
   * refer to each other in a circle by all but that part.
   */
  readonly late?: {
    /** Loads what `create` needs; a promise only if that takes a turn. */
    prepare(data: D): Promise<void> | undefined;
    /** The part of the data. */
    needs(data: D): object;
  };
  /** The file that adds it: loaded by a process that gets such a value before anything else in it has asked for one. */
  readonly module?: string;
  /** It may match buffers and views of them, which structured clone would copy. */
  readonly takesBuffers?: true;
}

export interface EncodeContext {
  /** How shared memory in the message is kept alive until it has been read. */
  readonly carriage: Carriage;
  /** Which of the values it is in that only cross together, such as the items of a chunk. */
  readonly part: unknown;
  /** The sender is to keep this alive for as long as the message may be read, if its carriage is 'lent'. */
  hold(value: object): void;
  /** The process an error comes out of, for the last line of its stack; undefined for an error that is just a value. */
  readonly thrownIn: { readonly name: string; readonly pid: number } | undefined;
  /** Why a value cannot cross, as member `key` of `holder`; undefined if it can. */
  refusalOf(value: unknown, holder: object, key: string): string | undefined;
}

const kinds: Kind[] = [];
const byTag = new Map<string, Kind>();
const bufferKinds: Kind[] = [];

/** Adds a kind; the first that matches a value gets it, so specific ones are added before general ones. */
export function addKind<T extends object, D extends object>(kind: Kind<T, D>): void {
  // The registry forgets the type parameters: `matches` guards every call of `encode`, the tag every call of `create`.
  const erased = kind as unknown as Kind;
  // Those of upper floors come later, and are more specific than the last, which takes any instance.
  kinds.splice(kind.module === undefined ? kinds.length : 0, 0, erased);
  if (kind.takesBuffers) bufferKinds.push(erased);
  byTag.set(kind.tag, erased);
}

export function kindOf(value: object): Kind | undefined {
  return kinds.find((kind) => kind.matches(value));
}

export function kindOfBuffer(value: object): Kind | undefined {
  return bufferKinds.find((kind) => kind.matches(value));
}

export function kindByTag(tag: string): Kind | undefined {
  return byTag.get(tag);
}
