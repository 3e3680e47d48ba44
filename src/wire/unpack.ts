import { BroodError } from '../errors/brood-error.ts';
import { SerializationError } from '../errors/serialization-error.ts';
import { importModule } from '../util/import-module.ts';
import { OWN_ROOT } from '../util/own-files.ts';
import { containerOf } from './constructor-of.ts';
import { type Kind, kindByTag } from './kind.ts';
import { define, isLeaf } from './members.ts';
import type { Parcel } from './parcel.ts';

/** The value that was packed; a promise only if a module has to be loaded for it. */
export function unpack(parcel: Parcel): unknown {
  const missing = missingModules(parcel);
  if (missing.length === 0) return unpackNow(parcel);
  return Promise.all(missing.map((module) => importModule(module))).then(() => unpackNow(parcel));
}

/** Only files of this library: what to load is not for a message to say. */
function missingModules({ modules = {} }: Parcel): string[] {
  return Object.keys(modules)
    .filter((tag) => !kindByTag(tag))
    .map((tag) => resolve(String(modules[tag])))
    .filter((module) => module.startsWith(OWN_ROOT));
}

/** Without the steps upwards that would lead out of a folder it seems to be in. */
function resolve(module: string): string {
  return URL.canParse(module) ? new URL(module).href : '';
}

function unpackNow(parcel: Parcel): unknown {
  const unpacker = new Unpacker(parcel);
  const pending: Promise<void>[] = [];
  try {
    unpacker.begin(pending);
  } catch (error) {
    // What is being loaded may fail, too: nobody would be there to hear of it.
    Promise.all(pending).catch(() => {});
    throw error;
  }
  return pending.length > 0 ? Promise.all(pending).then(() => unpacker.finish()) : unpacker.finish();
}

class Unpacker {
  readonly #parcel: Parcel;
  readonly #kinds: readonly Kind[];
  /** Stand-ins, and which special value each is for. */
  readonly #indices: ReadonlyMap<unknown, number>;
  readonly #made = new Map<unknown, object>();
  readonly #begun = new Set<unknown>();
  #seen = new Set<unknown>();
  /** A stand-in was met whose value is still to be made. */
  #isIncomplete = false;
  /** What is restored is needed at once: what it refers to is to be complete. */
  #isUrgent = false;

  constructor(parcel: Parcel) {
    this.#parcel = parcel;
    this.#kinds = parcel.specials.map(([tag]) => knownKind(tag));
    this.#indices = new Map(parcel.standIns.map((standIn, i) => [standIn, i]));
  }

  /** Makes all that can be made without its data; what takes a turn is added to `pending`. */
  begin(pending: Promise<void>[]): void {
    this.#forEachSpecial((kind, data, standIn) => {
      if (kind.isWhole) return;
      if (kind.late) {
        const prepared = by(kind, () => kind.late?.prepare(data));
        if (prepared) pending.push(prepared);
        return;
      }
      const created = by(kind, () => kind.create(data));
      if (created instanceof Promise) pending.push(created.then((object) => void this.#made.set(standIn, object)));
      else this.#made.set(standIn, created);
    });
  }

  /**
   * Inner special values were packed after those around them, so from the last to the first each finds its data complete.
   * Only in a circle it does not: then the places that were left open are filled in a second round.
   */
  finish(): unknown {
    this.#forEachSpecial((_kind, _data, standIn) => this.#complete(standIn));
    if (this.#isIncomplete) {
      this.#seen = new Set();
      this.#forEachSpecial((kind, data, standIn) => {
        this.#restore(data);
        if (!kind.isWhole) by(kind, () => kind.fill?.(this.#made.get(standIn) as object, data));
      });
    }
    return this.#restore(this.#parcel.value);
  }

  #complete(standIn: unknown): void {
    if (this.#begun.has(standIn)) return;
    this.#begun.add(standIn);
    const [kind, data] = this.#special(this.#indices.get(standIn) as number);
    if (kind.late) this.#makeLate(kind, kind.late.needs(data), data, standIn);
    this.#restore(data);
    if (kind.isWhole)
      this.#made.set(
        standIn,
        by(kind, () => kind.create(data) as object),
      );
    else by(kind, () => kind.fill?.(this.#made.get(standIn) as object, data));
  }

  #makeLate(kind: Kind, needs: object, data: object, standIn: unknown): void {
    const isUrgent = this.#isUrgent;
    this.#isUrgent = true;
    this.#restore(needs);
    this.#isUrgent = isUrgent;
    this.#made.set(
      standIn,
      by(kind, () => kind.create(data) as object),
    );
  }

  #special(index: number): [kind: Kind, data: object] {
    return [this.#kinds[index] as Kind, (this.#parcel.specials[index] as Parcel['specials'][number])[1]];
  }

  #forEachSpecial(act: (kind: Kind, data: object, standIn: unknown) => void): void {
    const { specials, standIns } = this.#parcel;
    for (let i = specials.length - 1; i >= 0; i -= 1) act(...this.#special(i), standIns[i]);
  }

  #restore = (member: unknown): unknown => {
    if (isLeaf(member)) return member;
    const isStandIn = this.#indices.has(member);
    if (isStandIn && this.#isUrgent) this.#complete(member);
    const special = this.#made.get(member);
    if (special !== undefined) return special;
    if (isStandIn) this.#isIncomplete = true;
    else if (!this.#seen.has(member)) {
      this.#seen.add(member);
      restoreMembers(member as object, this.#restore);
    }
    return member;
  };
}

/** What a kind, or a codec of the user's in it, throws at data that does not suit it. Our own errors say it themselves. */
function by<T>(kind: Kind, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof BroodError) throw error;
    const why =
      error instanceof Error ? error.message.replace(/\.$/, '') : 'its codec threw something that is no error';
    throw new SerializationError(`Cannot decode a value of kind "${kind.tag}": ${why}`, '', { cause: error });
  }
}

function knownKind(tag: string): Kind {
  const kind = kindByTag(tag);
  if (kind) return kind;
  throw new SerializationError(
    `Cannot decode a value: this process knows no "${tag}"; import the module that adds it`,
    '',
  );
}

/** Puts what `restore` returns in the place of every member of a decoded container. Others, subclasses included, are users'. */
function restoreMembers(container: object, restore: (member: unknown) => unknown): void {
  switch (containerOf(Object.getPrototypeOf(container))) {
    case 'Map':
      restoreEntries(container as Map<unknown, unknown>, restore);
      return;
    case 'Set':
      restoreValues(container as Set<unknown>, restore);
      return;
    case 'Array':
    case 'Object':
      for (const key of Object.keys(container)) {
        const member = (container as Record<string, unknown>)[key];
        const restored = restore(member);
        if (restored !== member) define(container, key, restored);
      }
  }
}

function restoreEntries(map: Map<unknown, unknown>, restore: (member: unknown) => unknown): void {
  let isChanged = false;
  const entries = [...map].map((entry) => {
    const restored = entry.map(restore) as [unknown, unknown];
    isChanged ||= restored.some((member, i) => !Object.is(member, entry[i]));
    return restored;
  });
  if (!isChanged) return;
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

function restoreValues(set: Set<unknown>, restore: (member: unknown) => unknown): void {
  const values = [...set];
  const restored = values.map(restore);
  if (restored.every((member, i) => Object.is(member, values[i]))) return;
  set.clear();
  for (const value of restored) set.add(value);
}
