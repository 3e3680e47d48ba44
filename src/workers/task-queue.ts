import { Deque } from '../util/deque.ts';
import type { TaskSource } from './task-source.ts';

/** For how long a level has to be passed over until it counts as one higher, in milliseconds. */
const AGEING = 1000;

/** Sources of one priority. */
interface Level {
  readonly priority: number;
  readonly sources: Deque<TaskSource>;
  /** When one of it was last served, or, if none was, when the first came. */
  since: number;
}

/**
 * What waits for a worker: the highest priority first, first come first served within one. A level rises by one for each
 * second in which nothing of it was served: a stream of urgent work delays the rest but never starves it, and a long queue
 * that moves never overtakes what is more urgent.
 */
export class TaskQueue {
  readonly #levels = new Map<number, Level>();

  push(source: TaskSource): void {
    this.#level(source).sources.push(source);
  }

  /** In front of its level: it was first before. */
  unshift(source: TaskSource): void {
    this.#level(source).sources.unshift(source);
  }

  /** The source of this priority that came last. */
  last(priority: number): TaskSource | undefined {
    return this.#levels.get(priority)?.sources.last();
  }

  /** The source that is next; it stays. */
  peek(): TaskSource | undefined {
    return this.#next()?.sources.peek();
  }

  /** Tasks were taken from what `peek` returned: others of its level have waited, but the level has not. */
  markServed({ kind }: TaskSource): void {
    const level = this.#levels.get(kind.settings.priority);
    if (level) level.since = performance.now();
  }

  /** Takes out a source that `peek` returned. */
  drop({ kind }: TaskSource): void {
    const { priority } = kind.settings;
    const sources = this.#levels.get(priority)?.sources;
    sources?.shift();
    if (sources?.length === 0) this.#levels.delete(priority);
  }

  *[Symbol.iterator](): Generator<TaskSource, void, undefined> {
    for (const { sources } of this.#levels.values()) yield* sources;
  }

  #level({ kind }: TaskSource): Level {
    const { priority } = kind.settings;
    let level = this.#levels.get(priority);
    if (!level) {
      level = { priority, sources: new Deque(), since: performance.now() };
      this.#levels.set(priority, level);
    }
    return level;
  }

  #next(): Level | undefined {
    if (this.#levels.size <= 1) return this.#levels.values().next().value;
    const now = performance.now();
    const rank = ({ priority, since }: Level): number => priority + Math.floor((now - since) / AGEING);
    let best: Level | undefined;
    for (const level of this.#levels.values()) {
      const lead = best ? rank(level) - rank(best) : 1;
      if (lead > 0 || (lead === 0 && level.priority > (best?.priority ?? 0))) best = level;
    }
    return best;
  }
}
