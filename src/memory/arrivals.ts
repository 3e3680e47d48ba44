import { fromPlain, type PlainData } from './handle-kind.ts';

/** Objects of this process by the life of their block: what arrives twice is one object, once it has crossed at all. */
export class Arrivals<T extends object> {
  readonly #known = new Map<string, WeakRef<T>>();
  readonly #forgotten: FinalizationRegistry<string> = new FinalizationRegistry((key) => {
    if (this.#known.get(key)?.deref() === undefined) this.#known.delete(key);
  });

  find(handle: PlainData): T | undefined {
    return this.#known.get(keyOf(handle))?.deref();
  }

  remember(handle: PlainData, object: T): void {
    const key = keyOf(handle);
    if (this.#known.get(key)?.deref() === object) return;
    this.#known.set(key, new WeakRef(object));
    this.#forgotten.register(object, key);
  }
}

/** Names a life of a block, whatever way it came. */
function keyOf(handle: PlainData): string {
  const { cell, tag } = fromPlain(handle);
  return `${cell} ${tag}`;
}
