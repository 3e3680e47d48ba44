import { TimeoutError } from '../errors/timeout-error.ts';
import { listenForAbort } from '../util/abort.ts';
import { KeepAlive } from '../util/keep-alive.ts';
import { startTimer } from '../util/timer.ts';
import { normalizeWait, type Wait } from '../util/wait.ts';
import type { Delivery, ImapJob } from './imap-job.ts';

/** One failing item rejects that `next()` alone; iteration goes on. An error of the input itself arrives in its place, unwrapped. */
export interface ImapIterator<R> extends AsyncIterableIterator<R> {
  /** A TimeoutError, or an abort, leaves the iteration as it was: the next call gets what this one waited for. */
  next(wait?: Wait): Promise<IteratorResult<R>>;
}

/** An iteration that nobody can continue any more is as good as left. */
const abandoned = new FinalizationRegistry<ImapJob<unknown>>((job) => job.cancel());

/** The consumer's end of an iteration. The job knows nothing of it, so that it can be collected. */
export class ResultIterator<R> implements ImapIterator<R> {
  readonly #job: ImapJob<unknown>;

  constructor(job: ImapJob<unknown>) {
    this.#job = job;
    abandoned.register(this, job, this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(wait?: Wait): Promise<IteratorResult<R>> {
    const { timeout, signal } = normalizeWait(wait);
    signal?.throwIfAborted();
    return toResult<R>(await this.#wait(timeout, signal));
  }

  /** Leaves the iteration: the rest is cancelled, and the input let go. */
  async return(value?: unknown): Promise<IteratorResult<R>> {
    abandoned.unregister(this);
    this.#job.cancel();
    return { done: true, value };
  }

  async throw(error: unknown): Promise<IteratorResult<R>> {
    await this.return();
    throw error;
  }

  #wait(timeout: number, signal: AbortSignal | undefined): Promise<Delivery> {
    const alive = KeepAlive.hold();
    const waiting = new Promise<Delivery>((resolve, reject) => {
      const settle = (act: () => void): void => {
        timer.cancel();
        unlisten();
        this.#job.forget(onDelivery);
        act();
      };
      const onDelivery = (delivery: Delivery): void => settle(() => resolve(delivery));
      const timer = startTimer(timeout, () =>
        settle(() =>
          reject(
            new TimeoutError(`Cannot get the next result: it did not come within ${timeout} ms; call next() again`),
          ),
        ),
      );
      const unlisten = listenForAbort(signal, () => settle(() => reject(signal?.reason)));
      const delivery = this.#job.take(onDelivery);
      if (delivery) onDelivery(delivery);
    });
    return waiting.finally(() => alive[Symbol.dispose]());
  }
}

function toResult<R>(delivery: Delivery): IteratorResult<R> {
  switch (delivery.is) {
    case 'value':
      return { done: false, value: delivery.value as R };
    case 'error':
      throw delivery.error;
    case 'end':
      return { done: true, value: undefined };
    default:
      throw delivery satisfies never;
  }
}
