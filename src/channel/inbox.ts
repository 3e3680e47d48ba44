import { Deque } from '../util/deque.ts';
import type { ChannelListener } from './channel.ts';
import type { RingFrame } from './ring-reader.ts';

/** Hands frames to a listener, one after the other, whatever it does. */
export class Inbox<In> {
  readonly #frames = new Deque<RingFrame>();

  push(frames: readonly RingFrame[]): void {
    for (const frame of frames) this.#frames.push(frame);
  }

  /** While `isOpen`. An error of the listener's is reported as uncaught, and costs no other frame. */
  deliver(listener: ChannelListener<In>, isOpen: () => boolean): void {
    for (let frame = this.#next(isOpen); frame !== undefined; frame = this.#next(isOpen)) {
      const { head, body, release } = frame;
      try {
        const done = listener.onMessage(head as In, release && !listener.borrows ? Buffer.from(body) : body);
        if (release === undefined) continue;
        if (listener.borrows && done) void Promise.resolve(done).finally(release);
        else release();
      } catch (error) {
        release?.();
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Nobody gets what is left. */
  clear(): void {
    for (const { release } of this.#frames) release?.();
    this.#frames.clear();
  }

  #next(isOpen: () => boolean): RingFrame | undefined {
    return isOpen() ? this.#frames.shift() : undefined;
  }
}
