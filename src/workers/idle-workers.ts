import { startTimer } from '../util/timer.ts';

/** Workers with nothing to do. The one that worked last is on top: it is warm, and the others get the chance to idle out. */
export class IdleWorkers<W> {
  readonly #timeout: number;
  readonly #onTimeout: (worker: W) => void;
  readonly #stack: W[] = [];
  readonly #timers = new Map<W, { cancel(): void }>();

  /** `onTimeout` is called for one that has been idle for `timeout` milliseconds, and was to be watched for that. */
  constructor(timeout: number, onTimeout: (worker: W) => void) {
    this.#timeout = timeout;
    this.#onTimeout = onTimeout;
  }

  get count(): number {
    return this.#stack.length;
  }

  add(worker: W, isWatched: boolean): void {
    this.#stack.push(worker);
    if (!isWatched) return;
    this.#timers.set(
      worker,
      startTimer(this.#timeout, () => this.#onTimeout(worker)),
    );
  }

  take(): W | undefined {
    const worker = this.#stack.pop();
    if (worker) this.#unwatch(worker);
    return worker;
  }

  /** It ends, or has. */
  remove(worker: W): void {
    this.#unwatch(worker);
    const index = this.#stack.indexOf(worker);
    if (index >= 0) this.#stack.splice(index, 1);
  }

  #unwatch(worker: W): void {
    this.#timers.get(worker)?.cancel();
    this.#timers.delete(worker);
  }
}
