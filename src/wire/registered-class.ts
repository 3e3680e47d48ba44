// biome-ignore-all lint/suspicious/noExplicitAny: a constructor of any parameters fits.
import { SerializationError } from '../errors/serialization-error.ts';
import type { Kind } from './kind.ts';

/** How instances of one class cross: what stands for them, and how they are made from it. */
export interface ClassCodec<T, W = unknown> {
  /** The same in both processes; unique. */
  readonly name: string;
  encode(value: T): W;
  decode(wire: W): T;
}

interface RegisteredData {
  readonly name: string;
  readonly wire: unknown;
}

const byPrototype = new Map<object, ClassCodec<object>>();
const byName = new Map<string, ClassCodec<object>>();

/**
 * Restores instances of `type` in other processes; only needed for classes that no module exports, or whose state is
 * private. Call it at the top level of a module that both sides import. Instances of subclasses are not included.
 * Throws a TypeError if another class has taken the name.
 */
export function registerClass<T extends object, W = unknown>(
  type: abstract new (...args: any[]) => T,
  codec: ClassCodec<T, W>,
): void {
  if (typeof type !== 'function' || typeof codec?.encode !== 'function' || typeof codec.decode !== 'function') {
    throw new TypeError('Cannot register a class: it takes the class and { name, encode, decode }; pass both');
  }
  const known = byName.get(codec.name);
  if (known && byPrototype.get(type.prototype) !== known) {
    throw new TypeError(
      `Cannot register class "${type.name}": another class is named "${codec.name}"; choose another name`,
    );
  }
  const erased = codec as unknown as ClassCodec<object>; // The tables forget W; each codec sees only its own wire values.
  byPrototype.set(type.prototype, erased);
  byName.set(codec.name, erased);
}

export const registeredKind: Kind<object, RegisteredData> = {
  tag: 'registered',
  isWhole: true,
  matches: (value) => byPrototype.has(Object.getPrototypeOf(value)),
  encode(value) {
    const codec = byPrototype.get(Object.getPrototypeOf(value)) as ClassCodec<object>;
    return { name: codec.name, wire: codec.encode(value) };
  },
  create({ name, wire }) {
    const codec = byName.get(name);
    if (codec) return codec.decode(wire);
    throw new SerializationError(
      `Cannot decode an instance of "${name}": this process has not registered it; call registerClass in a module that it imports too`,
      '',
    );
  },
};
