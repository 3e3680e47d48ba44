import { SerializationError } from '../errors/serialization-error.ts';
import { mark } from '../functions/closure-data.ts';
import { tryFindFunction } from '../functions/find-function.ts';
import type { FunctionRef } from '../functions/function-ref.ts';
import { InspectorProbe } from '../functions/inspector-probe.ts';
import { loadFunction, tryLoadedExport } from '../functions/load-export.ts';
import { type Constructor, constructorOf, isGlobal } from './constructor-of.ts';
import { hasHiddenState } from './hidden-state.ts';
import type { Kind } from './kind.ts';

interface InstanceData {
  /** Its class, where a module exports it. */
  readonly type?: FunctionRef;
  /** Its class, where none does. */
  readonly local?: Constructor;
  readonly fields: Record<string, unknown>;
}

/** Classes an instance of which has shown no private state. */
const open = new WeakSet<Constructor>();

/**
 * An instance of a class that a module exports, or that can be sent itself: its own enumerable fields cross, and get the class's prototype on the
 * other side; no constructor runs. What that would lose is refused: private members, and the hidden state of a built-in.
 */
export const instanceKind: Kind<object, InstanceData> = {
  tag: 'instance',
  matches(value) {
    const type = typeof value === 'object' ? constructorOf(value) : undefined;
    return type !== undefined && !isGlobal(type);
  },
  encode(value, path) {
    const type = constructorOf(value) as Constructor;
    if (hasHiddenState(value)) refuse(type, path, 'extends a built-in whose contents would be lost');
    const found = tryFindFunction(type);
    if (found?.module.startsWith('node:')) refuse(type, path, 'is one of Node itself and belongs to this process');
    if (!open.has(type)) {
      if (hasPrivateMembers(value))
        refuse(type, path, 'has private fields or methods, which no other code can restore');
      open.add(type);
    }
    return mark({ ...(found ? { type: found } : { local: type }), fields: { ...value } }, 'instance');
  },
  create({ type }) {
    if (!type) return {}; // Its class may be made later than it.
    const loaded = tryLoadedExport(type);
    if (typeof loaded === 'function') return Object.create(loaded.prototype);
    return loadFunction(type).then((it) => Object.create(it.prototype));
  },
  fill(value, { local, fields }) {
    // In a circle it is made later, and this is called again.
    if (typeof local === 'function') Object.setPrototypeOf(value, local.prototype);
    Object.defineProperties(value, Object.getOwnPropertyDescriptors(fields));
  },
};

function refuse(type: Constructor, path: string, why: string): never {
  throw new SerializationError(
    `Cannot send ${path}: it is an instance of ${type.name}, which ${why}; call registerClass, or send plain data`,
    path,
  );
}

/** Where there is no inspector to ask, private members cannot be ruled out, nor made visible: what is visible crosses. */
function hasPrivateMembers(value: object): boolean {
  try {
    return InspectorProbe.probe((probe) => probe.hasPrivateMembers(value));
  } catch {
    return false;
  }
}
