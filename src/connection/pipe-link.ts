import type { CellLife } from '../memory/cells.ts';
import type { WaitPoint } from '../parking/attempt.ts';
import { BriefSleep } from '../parking/brief-sleep.ts';
import type { NormalizedWait } from '../util/wait.ts';
import { Line } from './line.ts';
import type { Link, MessageKind, Received } from './link.ts';
import { brokenPipe, closedMeanwhile, endOfFile, messageTooLong } from './link-errors.ts';
import { drain, type PipeEnd } from './pipe-end.ts';
import type { Outgoing, PipeRing } from './pipe-ring.ts';

const FOREVER: NormalizedWait = { timeout: Number.POSITIVE_INFINITY, signal: undefined };

/** A connection inside the tree: an end of a pipe in shared memory. */
export class PipeLink implements Link {
  readonly carriage = 'listed';
  readonly end: PipeEnd;
  readonly #incoming: PipeRing | undefined;
  readonly #outgoing: PipeRing | undefined;
  /** Calls that wait, in their order: only the first may take or put. */
  readonly #receivers = new Line();
  readonly #senders = new Line();
  readonly #sleep = new BriefSleep();
  /** Calls that look at the memory when they are woken. */
  #uses = 0;
  #isClosed = false;

  constructor(end: PipeEnd) {
    this.end = end;
    this.#incoming = end.incoming;
    this.#outgoing = end.outgoing;
  }

  async send(kind: MessageKind, bytes: Uint8Array, list: readonly CellLife[] = []): Promise<void> {
    const ring = this.#outgoing as PipeRing; // The connection lets nobody send where there is none.
    let message: Outgoing | undefined;
    try {
      const prepared = ring.prepare(kind, bytes, list);
      message = prepared;
      if (this.#senders.length === 0 && this.#trySend(ring, prepared, false)) return;
      const attempt = (isThorough: boolean): boolean => this.#trySend(ring, prepared, isThorough);
      await this.#inTurn(this.#senders, ring.writeGate, FOREVER, attempt);
    } catch (error) {
      if (message?.crate !== undefined) this.end.memory.arena.heap.drop(message.crate);
      throw error;
    }
  }

  async receive(maxLength: number, wait: NormalizedWait): Promise<Received | undefined> {
    const ring = this.#incoming as PipeRing; // As in `send`.
    let received: Received | undefined;
    const attempt = (isThorough: boolean): boolean => {
      received = this.#tryReceive(ring, maxLength, isThorough);
      return received !== undefined;
    };
    if (this.#receivers.length === 0) {
      if (attempt(false)) return received;
      const isReady = (): boolean => !ring.isEmpty();
      const sleep = (limit: number): boolean => this.end.parking.waitSync(pointAt(ring.readGate), isReady, limit);
      if (this.#sleep.meets(sleep, wait.timeout) && attempt(false)) return received;
    }
    await this.#inTurn(this.#receivers, ring.readGate, wait, attempt);
    return received;
  }

  async waitReadable(wait: NormalizedWait): Promise<boolean> {
    const ring = this.#incoming as PipeRing; // As in `send`.
    return await this.#use(ring.readGate, wait, (isThorough) => !ring.isEmpty() || this.end.isOtherGone(isThorough));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // Wakes those of this process, too: they find the link closed.
    this.end.releaseToken();
    if (this.#uses === 0) this.end.releaseMemory();
  }

  #trySend(ring: PipeRing, message: Outgoing, isThorough: boolean): boolean {
    if (this.end.isOtherGone(isThorough)) {
      drain(ring);
      throw brokenPipe();
    }
    if (!ring.tryPut(message)) return false;
    // It may have gone between the look and the put; then what is in there is ours to clear away.
    if (this.end.isOtherGone(false)) drain(ring);
    return true;
  }

  #tryReceive(ring: PipeRing, maxLength: number, isThorough: boolean): Received | undefined {
    let taken = ring.tryTake(maxLength);
    if (taken === undefined && this.end.isOtherGone(isThorough)) {
      // It may have sent something between the two looks, and then gone.
      taken = ring.tryTake(maxLength);
      if (taken === undefined) {
        drain(this.#outgoing);
        throw endOfFile();
      }
    }
    if (typeof taken === 'number') throw messageTooLong(taken, maxLength);
    if (taken?.crate === undefined) return taken;
    const { bytes, crate } = taken;
    return { bytes, release: () => this.end.memory.arena.heap.drop(crate) };
  }

  /** False: time ran out. */
  async #inTurn(
    line: Line,
    gate: number,
    wait: NormalizedWait,
    attempt: (isThorough: boolean) => boolean,
  ): Promise<void> {
    const place = line.join();
    try {
      await this.#use(gate, wait, (isThorough) => {
        if (!line.isFirst(place)) return false;
        if (!attempt(isThorough)) return false;
        // At once: whoever is next may be tried in this very turn.
        line.leave(place);
        return true;
      });
    } finally {
      // Gone without success: whoever is next could not try while this one was first.
      if (line.leave(place) && line.length > 0) this.end.parking.wakeAll(gate);
    }
  }

  async #use(gate: number, wait: NormalizedWait, attempt: (isThorough: boolean) => boolean): Promise<boolean> {
    this.#uses += 1;
    try {
      return await this.end.parking.wait(
        pointAt(gate),
        (isThorough) => {
          if (this.#isClosed) throw closedMeanwhile('use');
          return attempt(isThorough);
        },
        wait,
      );
    } finally {
      this.#uses -= 1;
      if (this.#isClosed && this.#uses === 0) this.end.releaseMemory();
    }
  }
}

function pointAt(gate: number): WaitPoint {
  return { gate, isExclusive: true };
}
