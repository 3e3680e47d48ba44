import { SharedBlock } from '../memory/shared-block.ts';
import type { Wait } from '../util/wait.ts';
import { QueueEnd } from './queue-end.ts';

/** A Queue without a bound and with few methods. After `close` each of them but that is a StateError in this process. */
export class SimpleQueue<T = unknown> {
  /** @internal */
  readonly end: QueueEnd;

  /** @internal The block is for queues that came from another process. */
  constructor(block?: SharedBlock) {
    this.end = new QueueEnd('SimpleQueue', block instanceof SharedBlock ? block : 0);
  }

  /** See `Queue.put`. */
  put(item: T): Promise<void> {
    return this.end.put(item);
  }

  putSync(item: T): void {
    this.end.putSync(item);
  }

  /** See `Queue.get`. */
  get(wait?: Wait): Promise<T> {
    return this.end.get(wait) as Promise<T>;
  }

  getSync(): T {
    return this.end.getSync() as T;
  }

  empty(): boolean {
    this.end.checkOpen('look into');
    return this.end.core.size() === 0;
  }

  /** This process is done with it; others are unaffected. Closing again does nothing. */
  close(): void {
    this.end.close();
  }
}
