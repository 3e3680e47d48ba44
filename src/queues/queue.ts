import { QueueShutDown } from '../errors/queue-error.ts';
import type { SharedBlock } from '../memory/shared-block.ts';
import type { Wait } from '../util/wait.ts';
import { QueueEnd, type QueueName } from './queue-end.ts';

/**
 * Many producers and many consumers, in any processes; first in, first out. An item whose `put` has settled is out of this
 * process, which may end, or be killed: the item is delivered. A process killed inside `put` or `get` loses at most the one
 * item it was handling.
 *
 * Within one process, calls that wait go on in the order in which they were made.
 *
 * @example
 * const queue = new Queue();
 * await queue.put({ any: 'value', also: new Lock() });
 * for await (const item of queue) use(item); // until shutdown()
 */
export class Queue<T = unknown> implements AsyncIterable<T> {
  /** @internal */
  readonly end: QueueEnd;

  /**
   * At most `maxSize` items, or as many as there is memory for if that is 0. RangeError if it is no whole number from 0
   * on. A block is for queues that came from another process.
   */
  constructor(maxSize: number | SharedBlock = 0) {
    this.end = new QueueEnd(new.target.queueName, maxSize);
  }

  /** @internal */
  static get queueName(): QueueName {
    return 'Queue';
  }

  /**
   * Takes a snapshot of the item when called; rejects with SerializationError, and nothing is put, if it cannot cross.
   * Waits while the queue is full: QueueFull when time ran out, QueueShutDown once it is shut down. An abort puts nothing.
   * BroodError with code `ERR_OUT_OF_SHARED_MEMORY` where there is no memory for it.
   */
  put(item: T, wait?: Wait): Promise<void> {
    return this.end.put(item, wait);
  }

  /** As `put`, blocking the thread. Does not stand in line behind puts of this process that wait without blocking. */
  putSync(item: T, timeout?: number): void {
    this.end.putSync(item, timeout);
  }

  putNowait(item: T): void {
    this.end.putSync(item, 0);
  }

  /**
   * The oldest item. Waits while there is none: QueueEmpty when time ran out, QueueShutDown once it is shut down and
   * drained. An abort takes nothing.
   */
  get(wait?: Wait): Promise<T> {
    return this.end.get(wait) as Promise<T>;
  }

  /**
   * As `get`, blocking the thread. An item that needs a module which is not loaded here, for a class or a function in it,
   * is a StateError; the next `get` gives it.
   */
  getSync(timeout?: number): T {
    return this.end.getSync(timeout) as T;
  }

  getNowait(): T {
    return this.end.getSync(0) as T;
  }

  /** How many items there are, exactly; others may change it at once. */
  qsize(): number {
    return this.end.core.size();
  }

  empty(): boolean {
    return this.qsize() === 0;
  }

  /** True if it holds `maxSize` items; never without a bound. */
  full(): boolean {
    const { maxSize } = this.end.core;
    return maxSize > 0 && this.qsize() >= maxSize;
  }

  /**
   * This process is done with it: put and get are StateErrors here from now on, also gets that wait already. Puts that
   * wait for room go on. Others are unaffected. Closing again does nothing.
   */
  close(): void {
    this.end.close();
  }

  /** True once no put of this process waits for room any more, false if time ran out. StateError before `close`. */
  joinThread(wait?: Wait): Promise<boolean> {
    return this.end.joinThread(wait);
  }

  /** A child need not wait, when its target has settled, for puts that still wait for room: those items are lost. */
  cancelJoinThread(): void {
    this.end.cancelJoinThread();
  }

  /**
   * For everyone: put rejects with QueueShutDown from now on, also puts that wait; get does once all items have been
   * taken, or at once if `immediate`, which drops them. Again: may still become immediate.
   */
  shutdown({ immediate = false }: { immediate?: boolean } = {}): void {
    this.end.core.shutDown(immediate);
  }

  /** Gets until it is shut down and drained. Leaving the loop loses nothing. */
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof QueueShutDown) return;
        throw error;
      }
      yield item;
    }
  }
}
