export type Constructor = abstract new (...args: never[]) => object;

const natives = new WeakMap<Constructor, boolean>();

/** The class whose prototype the object has; undefined for objects made otherwise. */
export function constructorOf(value: object): Constructor | undefined {
  return classOfPrototype(Object.getPrototypeOf(value));
}

export function classOfPrototype(prototype: object | null): Constructor | undefined {
  const type: unknown = prototype?.constructor;
  return typeof type === 'function' && type.prototype === prototype ? (type as Constructor) : undefined;
}

/** True for a class that the engine brings along, in this realm or another (`node:vm`, Jest). */
export function isNative(type: Constructor): boolean {
  const known = natives.get(type);
  if (known !== undefined) return known;
  const result = /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(type));
  natives.set(type, result);
  return result;
}

type Container = 'Object' | 'Array' | 'Map' | 'Set';

/** Which of the plain containers has this prototype, in this realm or another: V8's deserializer makes those of the program's. */
export function containerOf(prototype: object | null): Container | undefined {
  switch (prototype) {
    case Object.prototype:
      return 'Object';
    case Array.prototype:
      return 'Array';
    case Map.prototype:
      return 'Map';
    case Set.prototype:
      return 'Set';
  }
  const type = classOfPrototype(prototype);
  return type && isNative(type) && isContainerName(type.name) ? type.name : undefined;
}

function isContainerName(name: string): name is Container {
  return name === 'Object' || name === 'Array' || name === 'Map' || name === 'Set';
}

/** True for what is there without an import: `Map`, `WeakMap`, `AbortSignal`. */
export function isGlobal(type: Constructor): boolean {
  return isNative(type) || (globalThis as Record<string, unknown>)[type.name] === type;
}
