/**
 * Where a traversal stands, as what it went through. Steps are kept raw and turned into text only for an error message:
 * building a path for every member of every value would cost more than looking at it.
 */
export class Trail {
  readonly #root: string;
  readonly #containers: object[] = [];
  readonly #keys: unknown[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  enter(container: object, key: unknown): void {
    this.#containers.push(container);
    this.#keys.push(key);
  }

  leave(): void {
    this.#containers.pop();
    this.#keys.pop();
  }

  /** `args[0].items[3].socket` */
  toString(): string {
    return this.#root + this.#containers.map((container, i) => step(container, this.#keys[i])).join('');
  }
}

function step(container: object, key: unknown): string {
  if (Array.isArray(container)) return `[${String(key)}]`;
  if (container instanceof Map) return `.get(${describeKey(key)})`;
  if (container instanceof Set) return `.values(${describeKey(key)})`;
  const name = String(key);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function describeKey(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key);
  return typeof key === 'object' || typeof key === 'function' ? '…' : String(key);
}

/** Visits own enumerable members, elements, or keys and values, with the trail standing at each. */
export function forEachMember(container: object, trail: Trail, visit: (member: unknown) => void): void {
  const at = (key: unknown, member: unknown): void => {
    if (isLeaf(member)) return;
    trail.enter(container, key);
    visit(member);
    trail.leave();
  };
  if (container instanceof Map) {
    for (const [key, value] of container) {
      at(key, key);
      at(key, value);
    }
  } else if (container instanceof Set) {
    for (const value of container) at(value, value);
  } else if (Array.isArray(container)) {
    for (let i = 0; i < container.length; i += 1) at(i, container[i]);
  } else {
    for (const key of Object.keys(container)) at(key, (container as Record<string, unknown>)[key]);
  }
}

/** True for what structured clone always carries and nothing hangs on: all primitives but symbols. */
export function isLeaf(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}
