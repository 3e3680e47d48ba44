import type { Wait } from '../util/wait.ts';
import { Queue } from './queue.ts';
import type { QueueName } from './queue-end.ts';

/**
 * A Queue that knows when all its items are done. What a process had got and not done when it ended counts as done, since
 * nobody else will do it; the same for what an immediate shutdown drops.
 *
 * @example
 * const item = await queue.get();
 * try { await work(item); } finally { queue.taskDone(); }
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  /** @internal */
  static override get queueName(): QueueName {
    return 'JoinableQueue';
  }

  /** One item is done, in this process or another. StateError "called too many times" if all were. */
  taskDone(): void {
    this.end.core.taskDone();
  }

  /** True once every item that was put is done, false if time ran out. */
  join(wait?: Wait): Promise<boolean> {
    return this.end.join(wait);
  }
}
