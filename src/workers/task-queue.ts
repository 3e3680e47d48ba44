import { Deque } from '../util/deque.ts';
import type { TaskSource } from './task-source.ts';

/** For how long a source waits until it counts as one level higher, in milliseconds. */
const AGEING = 1000;

interface Entry {
  readonly source: TaskSource;
  readonly since: number;
}

/**
 * What waits for a worker: the highest priority first, first come first served within one. A source rises by one level for
 * each second it has waited, so that a stream of urgent work delays the rest but never starves it.
 */
export class TaskQueue {
  readonly #levels = new Map<number, Deque<Entry>>();

  get isEmpty(): boolean {
    return this.#levels.size === 0;
  }

  push(source: TaskSource): void {
    this.#level(source).push({ source, since: performance.now() });
  }

  /** In front of its level: it was first before. */
  unshift(source: TaskSource): void {
    this.#level(source).unshift({ source, since: performance.now() });
  }

  /** The source that is next; it stays. */
  peek(): TaskSource | undefined {
    return this.#next()?.[1].peek()?.source;
  }

  /** Takes out what `peek` returned. */
  drop(): void {
    const next = this.#next();
    if (!next) return;
    const [priority, level] = next;
    level.shift();
    if (level.length === 0) this.#levels.delete(priority);
  }

  *[Symbol.iterator](): Generator<TaskSource, void, undefined> {
    for (const level of this.#levels.values()) for (const { source } of level) yield source;
  }

  #level({ kind }: TaskSource): Deque<Entry> {
    const { priority } = kind.settings;
    let level = this.#levels.get(priority);
    if (!level) {
      level = new Deque();
      this.#levels.set(priority, level);
    }
    return level;
  }

  /** Within a level the first has waited longest, so only the first of each has to be looked at. */
  #next(): [number, Deque<Entry>] | undefined {
    if (this.#levels.size <= 1) return this.#levels.entries().next().value;
    const now = performance.now();
    let best: [number, Deque<Entry>] | undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (const level of this.#levels) {
      const effective = level[0] + Math.floor((now - (level[1].peek()?.since ?? now)) / AGEING);
      if (effective > highest || (effective === highest && level[0] > (best?.[0] ?? 0))) {
        best = level;
        highest = effective;
      }
    }
    return best;
  }
}
