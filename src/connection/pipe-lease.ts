import { StateError } from '../errors/state-error.ts';
import { fromPlain, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { asLease, type Lease } from '../memory/lease.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { PipeEnd } from './pipe-end.ts';

/** The gate, then 1 once the message has been read. */
const READ = 1;
const LEASE_BYTES = 8;

/** Keeps an end for a child that has yet to read its arguments: `start(); there.close()` must not close it for the child. */
export class PipeLease implements Lease {
  readonly #end: PipeEnd;
  readonly #settled = new AbortController();
  #isOver = false;

  private constructor(end: PipeEnd) {
    this.#end = end;
  }

  /** The lease, and what its reader passes to `endLeaseOf`. */
  static grant(end: PipeEnd): { readonly lease: PipeLease; readonly handle: PlainData } {
    const block = SharedBlock.allocate(KIND.lease, LEASE_BYTES, 'a pipe');
    const lease = asLease(new PipeLease(end.share()));
    collected.register(lease, lease.#settled);
    lease.#endWhenRead(block);
    return { lease, handle: toPlain(block, 'lent') };
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settled.abort();
    this.#end.releaseToken();
    this.#end.releaseMemory();
  }

  /** Does not keep the lease itself: nobody may want the message any more, and say so only by forgetting it. */
  #endWhenRead(block: SharedBlock): void {
    const parking = currentParking('a pipe');
    const lease = new WeakRef(this);
    const point = { gate: block.address, isExclusive: false, isBackground: true };
    const isRead = (): boolean => parking.words.load(block.address + READ) === 1;
    const wait = { timeout: Number.POSITIVE_INFINITY, signal: this.#settled.signal };
    void parking.wait(point, isRead, wait).then(
      () => lease.deref()?.end(),
      () => {}, // It ended otherwise.
    );
  }
}

const collected = new FinalizationRegistry<AbortController>((settled) => settled.abort());

/** The reader has the end itself now. */
export function endLeaseOf(handle: PlainData): void {
  const block = tryAdmit(handle);
  if (block === undefined) return;
  const parking = currentParking('a pipe');
  parking.words.store(block.address + READ, 1);
  parking.wakeAll(block.address);
  block.release();
}

/** Undefined: it has ended. The message of a task that is run again is read again. */
function tryAdmit(handle: PlainData): SharedBlock | undefined {
  try {
    return SharedBlock.admit(KIND.lease, fromPlain(handle), 'a pipe');
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}
