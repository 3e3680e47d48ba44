/** Why a run ends before its inputs do. */
export type StopReason =
  | { readonly kind: 'halted' }
  | { readonly kind: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' }
  | { readonly kind: 'output-closed' }
  | { readonly kind: 'broken'; readonly error: Error };

/**
 * How a run is ended early. Two steps, each taken at most once: `draining`, nothing new starts; `killed`, what runs is
 * killed. Both are signals, so that whatever waits can be woken. The first reason is the one that counts.
 */
export class RunStop {
  readonly #drain = new AbortController();
  readonly #kill = new AbortController();
  #reason: StopReason | null = null;

  get reason(): StopReason | null {
    return this.#reason;
  }

  get draining(): AbortSignal {
    return this.#drain.signal;
  }

  get killed(): AbortSignal {
    return this.#kill.signal;
  }

  /** Starts nothing new. */
  drain(reason: StopReason): void {
    this.#reason ??= reason;
    this.#drain.abort();
  }

  /** Starts nothing new and kills what runs. */
  kill(reason: StopReason): void {
    this.drain(reason);
    this.#kill.abort();
  }
}
