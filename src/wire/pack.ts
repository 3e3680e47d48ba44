import { types } from 'node:util';
import { SerializationError } from '../errors/serialization-error.ts';
import type { CellLife } from '../memory/cells.ts';
import { type Carriage, departures, takeBackSince } from '../memory/handle-kind.ts';
import { classify } from './classify.ts';
import type { EncodeContext, Kind } from './kind.ts';
import { canLeaveOut, leftOutKind, tryLeaveOut } from './left-out-kind.ts';
import { define, isLeaf } from './members.ts';
import type { Parcel } from './parcel.ts';
import { type MetView, placeViews } from './place-views.ts';
import { isResizable, resizableBufferKind } from './resizable-buffer-kind.ts';
import type { Trail } from './trail.ts';
import { viewKind } from './view-kind.ts';

/** A copy of `root` that structured clone carries. Throws at the first member that nothing can carry. */
export function pack(root: unknown, trail: Trail, options: EncodeOptions): Parcel {
  const packer = new Packer(trail, options);
  return packer.pack(root);
}

export interface EncodeOptions {
  /** The process an error comes out of. */
  readonly thrownIn?: EncodeContext['thrownIn'];
  /** Default 'counted'. */
  readonly carriage?: Carriage;
  /** Gets what the sender is to keep alive if the carriage is 'lent'; and what was left out, with any. */
  readonly held?: object[];
  /** Gets what the message refers to if the carriage is 'listed'; whoever carries it keeps that alive, and drops it here. */
  readonly list?: CellLife[];
  /**
   * Whoever reads the message has the arena, too: large buffers are left out of it, and lie there. Not for carriage 'counted': whoever is
   * killed before the message is sent would leave them for good.
   */
  readonly leavesOut?: boolean;
}

class Packer implements EncodeContext {
  readonly thrownIn: EncodeContext['thrownIn'];
  readonly carriage: Carriage;
  readonly #held: object[] | undefined;
  readonly #leavesOut: boolean;
  readonly #trail: Trail;
  readonly #copies = new Map<unknown, unknown>();
  /** Keys of `#copies`, in order. */
  readonly #copied: unknown[] = [];
  readonly #standIns: object[] = [];
  readonly #specials: Array<[tag: string, data: object]> = [];
  readonly #views: MetView[] = [];
  readonly #modules: Record<string, string> = {};
  /** Values that need their data whole, while it is being copied; and the objects that their `create` looks into first. */
  readonly #unfinished = new Set<unknown>();
  readonly #handedOver = new Set<unknown>();

  constructor(trail: Trail, { thrownIn, carriage = 'counted', held, leavesOut = false }: EncodeOptions) {
    this.#trail = trail;
    this.thrownIn = thrownIn;
    this.carriage = carriage;
    this.#held = held;
    this.#leavesOut = leavesOut && canLeaveOut();
  }

  get part(): unknown {
    return this.#trail.part;
  }

  hold(value: object): void {
    this.#held?.push(value);
  }

  pack(root: unknown): Parcel {
    const value = this.#copy(root);
    this.#shareMemory();
    return { value, standIns: this.#standIns, specials: this.#specials, modules: this.#modules };
  }

  /** By copying it: what has been copied is not copied again, and what could not be is forgotten. */
  refusalOf(value: unknown, holder: object, key: string): string | undefined {
    const marks = [this.#trail.depth, this.#copied.length, this.#standIns.length, departures()] as const;
    try {
      this.#copyMember(holder, key, value);
      return undefined;
    } catch (error) {
      const path = `${this.#trail}`;
      this.#forgetSince(...marks);
      return error instanceof SerializationError ? error.message : `Cannot send ${path}: ${(error as Error)?.message}`;
    }
  }

  #forgetSince(depth: number, copies: number, specials: number, departed: number): void {
    takeBackSince(departed);
    this.#trail.returnTo(depth);
    for (const key of this.#copied.splice(copies)) this.#copies.delete(key);
    this.#standIns.length = specials;
    this.#specials.length = specials;
    while ((this.#views.at(-1)?.special ?? -1) >= specials) this.#views.pop();
  }

  #copy(value: unknown): unknown {
    if (isLeaf(value)) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    const finding = classify(value, this.#trail);
    if (finding === 'plain') return this.#copyPlain(value as object);
    if (finding === 'container') return this.#copyContainer(value as object);
    return this.#standInFor(value as object, finding);
  }

  /** What a view shows is known only when all views are: until then a stand-in is in its place. */
  #copyPlain(value: object): object {
    if (types.isArrayBuffer(value)) return this.#leaveOut(value, new Uint8Array(value)) ?? this.#remember(value, value);
    if (!ArrayBuffer.isView(value)) return value;
    this.#views.push({ view: value, special: this.#specials.length, item: this.#trail.index });
    const standIn = this.#remember(value, {});
    this.#standIns.push(standIn);
    this.#specials.push([viewKind.tag, {}]);
    return standIn;
  }

  #shareMemory(): void {
    const data = placeViews(this.#views, {
      wholeOf: (buffer) => {
        if (isResizable(buffer)) return this.#copy(buffer) as ArrayBuffer;
        return this.#copies.get(buffer) as ArrayBuffer | undefined;
      },
      leaveOut: (bytes) => this.#leaveOut({}, bytes),
    });
    for (const [special, placed] of data) (this.#specials[special] as [string, object])[1] = placed;
  }

  /** What stands for memory with those bytes; undefined if they are to be in the message. */
  #leaveOut(memory: object, bytes: Uint8Array): ArrayBuffer | undefined {
    const data = this.#leavesOut ? tryLeaveOut(bytes, this) : undefined;
    if (data === undefined) return undefined;
    const standIn = this.#remember(memory, {});
    this.#standIns.push(standIn);
    this.#specials.push([leftOutKind.tag, data]);
    return standIn as ArrayBuffer; // It will be one where it arrives.
  }

  #remember<T extends object>(value: object, copy: T): T {
    this.#copies.set(value, copy);
    this.#copied.push(value);
    return copy;
  }

  #standInFor(value: object, kind: Kind): object {
    const standIn = this.#remember(value, {});
    const special: [string, object] = [kind.tag, {}];
    if (kind.module !== undefined) this.#modules[kind.tag] = kind.module;
    this.#standIns.push(standIn);
    this.#specials.push(special);
    const data = kind.encode(value, this.#trail.toString(), this);
    if (kind.isWhole) {
      this.#unfinished.add(value);
      this.#handedOver.add(data);
      for (const member of Object.values(data)) this.#handedOver.add(member);
    }
    try {
      // Its memory is needed before anything that was left out is there.
      special[1] = kind.tag === resizableBufferKind.tag ? data : this.#copyContainer(data);
    } finally {
      this.#unfinished.delete(value);
    }
    return standIn;
  }

  #copyMember(container: object, key: unknown, member: unknown): unknown {
    if (isLeaf(member)) return member;
    this.#trail.enter(container, key);
    if (this.#unfinished.has(member) && this.#handedOver.has(container)) {
      const path = this.#trail.toString();
      throw new SerializationError(
        `Cannot send ${path}: what its codec's encode returned refers to the instance itself; leave it out, and set it in decode`,
        path,
      );
    }
    const copied = this.#copy(member);
    this.#trail.leave();
    return copied;
  }

  /** A getter may throw: the trail then stands at it. */
  #read(container: object, key: string): unknown {
    this.#trail.enter(container, key);
    const member = (container as Record<string, unknown>)[key];
    this.#trail.leave();
    return member;
  }

  #copyContainer(container: object): object {
    if (types.isMap(container)) {
      const copied = this.#remember(container, new Map<unknown, unknown>());
      for (const [key, value] of container)
        copied.set(this.#copyMember(container, key, key), this.#copyMember(container, key, value));
      return copied;
    }
    if (types.isSet(container)) {
      const copied = this.#remember(container, new Set<unknown>());
      for (const value of container) copied.add(this.#copyMember(container, value, value));
      return copied;
    }
    const copied = this.#remember<object>(container, Array.isArray(container) ? [] : {});
    for (const key of Object.keys(container)) {
      define(copied, key, this.#copyMember(container, key, this.#read(container, key)));
    }
    if (Array.isArray(container)) (copied as unknown[]).length = container.length;
    return copied;
  }
}
