import { BrokenBarrierError } from '../errors/broken-barrier-error.ts';
import { StateError } from '../errors/state-error.ts';
import type { Target } from '../functions/function-ref.ts';
import { loadFunction, tryLoadedExport } from '../functions/load-export.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import type { WaitPoint } from '../parking/attempt.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { Parking } from '../parking/parking.ts';
import { checkDuration, normalizeWait, type Wait } from '../util/wait.ts';
import { BARRIER_WORDS, BarrierCore } from './barrier-core.ts';

export interface BarrierOptions {
  /** Run by the last to arrive, before anybody goes on. If it throws, the barrier breaks and that one gets the error. */
  action?: Target<[], unknown>;
  /** How long `wait()` waits unless told otherwise, in milliseconds. Default: for ever. */
  timeout?: number;
}

/** @internal What another process needs to use the same barrier. */
export interface BarrierOrigin extends BarrierOptions {
  readonly block: SharedBlock;
}

/** Lets nobody pass until so many wait. Then it is as new, for the next round. */
export class Barrier {
  /** @internal */
  readonly block: SharedBlock;
  /** @internal */
  readonly options: BarrierOptions;
  readonly #core: BarrierCore;
  readonly #parking: Parking;
  readonly #point: WaitPoint;

  /** RangeError if `parties` is no whole number from 1 on. An origin is for barriers that came from another process. */
  constructor(parties: number | BarrierOrigin, options: BarrierOptions = {}) {
    this.#parking = currentParking('a Barrier');
    if (typeof parties === 'object') {
      this.block = parties.block;
      this.options = parties;
      this.#core = new BarrierCore(this.#parking, this.block.address);
    } else {
      if (!Number.isInteger(parties) || parties < 1) {
        throw new RangeError(`Cannot create a Barrier: parties is "${String(parties)}"; give a whole number from 1 on`);
      }
      if (options.timeout !== undefined) checkDuration('timeout', options.timeout);
      this.options = options;
      this.block = SharedBlock.allocate(KIND.barrier, BARRIER_WORDS * 4, 'a Barrier');
      this.#core = new BarrierCore(this.#parking, this.block.address);
      this.#core.initialize(parties);
    }
    this.#point = { gate: this.#core.gate, isExclusive: false };
  }

  get parties(): number {
    return this.#core.parties;
  }

  get nWaiting(): number {
    return this.#core.waiting;
  }

  get broken(): boolean {
    return this.#core.isBroken();
  }

  /**
   * Waits for the others. Resolves to the place in the round, 0 to parties - 1, each once. BrokenBarrierError for all if
   * one of them times out, aborts or dies, if the action throws, or after `abort()` and `reset()`.
   */
  async wait(wait?: Wait): Promise<number> {
    const normalized = normalizeWait(wait, this.options.timeout);
    normalized.signal?.throwIfAborted();
    const deadline = performance.now() + normalized.timeout;
    for (;;) {
      const arrival = this.#arrive();
      const round = arrival?.round ?? this.#core.round;
      if (arrival !== undefined && arrival.index === this.parties - 1) {
        await this.#act(round, async () => await this.#callAction());
        return arrival.index;
      }
      try {
        const left = { ...normalized, timeout: Math.max(0, deadline - performance.now()) };
        this.#checkInTime(await this.#parking.wait(this.#point, this.#watch(round), left));
      } catch (error) {
        if (arrival !== undefined) this.#core.break(round);
        throw error;
      }
      if (arrival !== undefined) return arrival.index;
    }
  }

  waitSync(timeout?: number): number {
    const deadline = performance.now() + normalizeWait(timeout, this.options.timeout).timeout;
    for (;;) {
      const arrival = this.#arrive();
      const round = arrival?.round ?? this.#core.round;
      if (arrival !== undefined && arrival.index === this.parties - 1) {
        this.#actSync(round);
        return arrival.index;
      }
      try {
        this.#checkInTime(
          this.#parking.waitSync(this.#point, this.#watch(round), Math.max(0, deadline - performance.now())),
        );
      } catch (error) {
        if (arrival !== undefined) this.#core.break(round);
        throw error;
      }
      if (arrival !== undefined) return arrival.index;
    }
  }

  /** Those who wait get a BrokenBarrierError; after that it is as new. */
  reset(): void {
    this.#core.reset();
  }

  /** Breaks it, for those who wait and those who come, until a reset. */
  abort(): void {
    this.#core.break(this.#core.round);
  }

  /** Undefined: the last round is not over yet. */
  #arrive(): { index: number; round: number } | undefined {
    const arrival = this.#core.arrive();
    if (arrival === 'broken') throw new BrokenBarrierError('Cannot wait at the barrier: it is broken; reset it first');
    return arrival === 'full' ? undefined : arrival;
  }

  #watch(round: number): (isThorough: boolean) => boolean {
    return (isThorough) => {
      if (isThorough) this.#core.breakIfDead();
      const outcome = this.#core.outcome(round);
      if (outcome === 'broken')
        throw new BrokenBarrierError('Cannot pass the barrier: it broke while waiting; reset it and begin again');
      return outcome === 'complete';
    };
  }

  #checkInTime(isComplete: boolean): void {
    if (isComplete) return;
    throw new BrokenBarrierError(
      'Cannot pass the barrier: the others did not come in time; it is broken now, reset it and begin again',
    );
  }

  async #act(round: number, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#core.break(round);
      throw error;
    }
    this.#complete(round);
  }

  #actSync(round: number): void {
    try {
      this.#callActionSync();
    } catch (error) {
      this.#core.break(round);
      throw error;
    }
    this.#complete(round);
  }

  async #callAction(): Promise<unknown> {
    const { action } = this.options;
    return typeof action === 'object' ? await (await loadFunction(action))() : await action?.();
  }

  #callActionSync(): void {
    const { action } = this.options;
    const loaded = typeof action === 'object' ? tryLoadedExport(action) : action;
    if (typeof loaded === 'function') loaded();
    else if (action !== undefined)
      throw new StateError(
        'Cannot run the action of the barrier: its module is not loaded in this process; import it here, or use wait()',
      );
  }

  #complete(round: number): void {
    if (!this.#core.complete(round))
      throw new BrokenBarrierError('Cannot pass the barrier: it broke during its action; reset it and begin again');
  }
}
