import { types } from 'node:util';
import { isResizable } from './resizable-buffer-kind.ts';
import { clusterViews } from './view-clusters.ts';

/** Buffers and views of one value, as they are met: do any share memory, or have memory that may grow? V8 would give each its own. */
export class MemoryCheck {
  readonly #views = new Map<ArrayBufferLike, Set<ArrayBufferView>>();
  readonly #buffers = new Set<ArrayBufferLike>();
  #hasGrowing = false;

  add(value: object): void {
    if (types.isArrayBuffer(value)) this.#buffers.add(value);
    if (!ArrayBuffer.isView(value)) return;
    const { buffer } = value;
    const views = this.#views.get(buffer);
    if (views) views.add(value);
    else this.#views.set(buffer, new Set([value]));
    this.#hasGrowing ||= isResizable(buffer);
  }

  get needsCare(): boolean {
    if (this.#hasGrowing) return true;
    for (const [buffer, views] of this.#views) {
      if (this.#buffers.has(buffer)) return true;
      if (views.size > 1 && clusterViews(views).length < views.size) return true;
    }
    return false;
  }

  clear(): void {
    if (this.#views.size > 0) this.#views.clear();
    if (this.#buffers.size > 0) this.#buffers.clear();
  }
}
