import { QueueEmpty, QueueFull, QueueShutDown } from '../errors/queue-error.ts';
import { StateError } from '../errors/state-error.ts';
import { KIND } from '../memory/kinds.ts';
import { type Item, keepItem, Segments } from '../memory/segments.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import type { WaitPoint } from '../parking/attempt.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { Parking } from '../parking/parking.ts';

import { dueTurn } from '../util/turns.ts';
import { addUnsent, removeUnsent } from '../util/unsent.ts';
import { type NormalizedWait, normalizeWait, type Wait, waitFor } from '../util/wait.ts';
import { EarlyItems } from './early-items.ts';
import { packItem, unpackItem } from './item.ts';
import { Line } from './line.ts';
import { JOINABLE_QUEUE_WORDS, QUEUE_WORDS, QueueCore } from './queue-core.ts';

/** What a queue is called in errors. */
export type QueueName = 'Queue' | 'JoinableQueue' | 'SimpleQueue';

/** Most puts are done at once. A promise for each would cost as much as the rest. */
const DONE = Promise.resolve();

/** What this process has of a queue: who of it waits there, and whether it is done with it. */
export class QueueEnd {
  readonly block: SharedBlock;
  readonly core: QueueCore<Item>;
  readonly #name: QueueName;
  readonly #parking: Parking;
  readonly #itemPoint: WaitPoint;
  readonly #roomPoint: WaitPoint;
  readonly #donePoint: WaitPoint;
  readonly #getters: Line = new Line();
  readonly #putters: Line = new Line();
  readonly #early: EarlyItems = new EarlyItems();
  /** Puts that wait for room. */
  readonly #unsent = new Set<Promise<void>>();
  #isClosed = false;
  #mayLeaveUnsent = false;

  /** A block is for queues that came from another process. */
  constructor(name: QueueName, origin: number | SharedBlock) {
    const isJoinable = name === 'JoinableQueue';
    const maxSize = origin instanceof SharedBlock ? 0 : checkMaxSize(name, origin);
    this.#name = name;
    this.#parking = currentParking(`a ${name}`);
    this.block =
      origin instanceof SharedBlock
        ? origin
        : SharedBlock.allocate(KIND.queue, (isJoinable ? JOINABLE_QUEUE_WORDS : QUEUE_WORDS) * 4, `a ${name}`);
    this.core = new QueueCore(this.#parking, new Segments(this.#parking.arena), this.block.address, isJoinable);
    if (!(origin instanceof SharedBlock)) this.core.initialize(maxSize);
    const point = { isExclusive: true };
    this.#itemPoint = { ...point, gate: this.core.itemGate };
    this.#roomPoint = { ...point, gate: this.core.roomGate };
    this.#donePoint = { gate: this.core.doneGate, isExclusive: false };
  }

  // What does not wait is most of what happens: no closure, no async function, no promise of its own.
  put(value: unknown, wait?: Wait): Promise<void> {
    let item: Item | undefined;
    try {
      this.checkOpen('put into');
      const normalized = normalizeWait(wait);
      normalized.signal?.throwIfAborted();
      item = packItem(this.#parking.arena, value);
      const isPut = this.#putters.isEmpty && this.#putSoon(item, normalized.timeout);
      return isPut ? (dueTurn() ?? DONE) : this.#putLater(keepItem(item), normalized);
    } catch (error) {
      if (item !== undefined) this.#drop(item);
      return Promise.reject(error);
    }
  }

  putSync(value: unknown, timeout?: number): void {
    this.checkOpen('put into');
    const limit = normalizeWait(timeout).timeout;
    const item = packItem(this.#parking.arena, value);
    try {
      if (!this.#tryPut(item, false)) this.#putWhenRoom(keepItem(item), limit);
    } catch (error) {
      this.#drop(item);
      throw error;
    }
  }

  get(wait?: Wait): Promise<unknown> {
    try {
      this.checkOpen('get from');
      const normalized = normalizeWait(wait);
      normalized.signal?.throwIfAborted();
      const turn = dueTurn();
      return turn === undefined ? this.#getNow(normalized) : this.#getAfter(turn, normalized);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** An item that needs a module which is not loaded is a StateError, and left to the next `get`. */
  getSync(timeout?: number): unknown {
    this.checkOpen('get from');
    const limit = normalizeWait(timeout).timeout;
    if (this.#early.length > 0) return this.#early.nextNow();
    const value = unpackItem(this.#parking.arena, this.#tryTake(false) ?? this.#takeWhenThere(limit));
    if (!(value instanceof Promise)) return value;
    this.#early.add(value);
    return this.#early.nextNow();
  }

  /** True once every item that was put is done. */
  async join(wait?: Wait): Promise<boolean> {
    const normalized = normalizeWait(wait);
    normalized.signal?.throwIfAborted();
    return this.#parking.wait(this.#donePoint, (isThorough) => this.core.isDone(isThorough), normalized);
  }

  /** Pending gets of this process reject; puts that wait for room go on. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parking.wakeParty(this.core.itemGate, this.#parking.self);
  }

  /** StateError once it is closed here. */
  checkOpen(action: string): void {
    if (this.#isClosed)
      throw new StateError(`Cannot ${action} the ${this.#name}: it is closed in this process; use it before close()`);
  }

  async joinThread(wait?: Wait): Promise<boolean> {
    if (!this.#isClosed)
      throw new StateError(`Cannot join the thread of the ${this.#name}: it is not closed; call close() first`);
    return waitFor(Promise.allSettled(this.#unsent), () => this.#unsent.size === 0, wait);
  }

  cancelJoinThread(): void {
    this.#mayLeaveUnsent = true;
    for (const sending of this.#unsent) removeUnsent(sending);
  }

  /** Throws as `get` rejects. */
  #getNow(wait: NormalizedWait): Promise<unknown> {
    const early = this.#early.next();
    if (early !== undefined) return early;
    const taken = this.#getters.isEmpty ? this.#takeSoon(wait.timeout) : undefined;
    return taken === undefined ? this.#getLater(wait) : Promise.resolve(unpackItem(this.#parking.arena, taken));
  }

  async #getAfter(turn: Promise<void>, wait: NormalizedWait): Promise<unknown> {
    await turn;
    wait.signal?.throwIfAborted();
    return this.#getNow(wait);
  }

  async #getLater(wait: NormalizedWait): Promise<unknown> {
    return unpackItem(this.#parking.arena, await this.#takeLater(wait));
  }

  /** Does not wait, but may look for a moment. */
  #putSoon(item: Item, limit: number): boolean {
    return this.#tryPut(item, false) || (limit > 0 && this.#meetsRoom(limit) && this.#tryPut(item, false));
  }

  #meetsRoom(limit: number): boolean {
    return this.#parking.spinAt(this.core.roomGate).meets(() => this.core.mayHaveRoom(), limit);
  }

  /** Blocks the thread. */
  #putWhenRoom(item: Item, limit: number): void {
    const attempt = (isThorough: boolean): boolean => this.#tryPut(item, isThorough);
    if (!this.#parking.waitSync(this.#roomPoint, attempt, limit)) throw this.#full(limit);
  }

  #takeSoon(limit: number): Item | undefined {
    const taken = this.#tryTake(false);
    if (taken !== undefined || limit === 0) return taken;
    return this.#meetsItem(limit) ? this.#tryTake(false) : undefined;
  }

  #meetsItem(limit: number): boolean {
    return this.#parking.spinAt(this.core.itemGate).meets(() => this.core.mayHaveItems(), limit);
  }

  /** Blocks the thread. */
  #takeWhenThere(limit: number): Item {
    let taken: Item | undefined;
    const attempt = (isThorough: boolean): boolean => {
      taken = this.#tryTake(isThorough);
      return taken !== undefined;
    };
    if (!this.#parking.waitSync(this.#itemPoint, attempt, limit)) throw this.#empty(limit);
    return taken as unknown as Item;
  }

  #putLater(item: Item, wait: NormalizedWait): Promise<void> {
    const sending = this.#waitInLine(this.#putters, this.#roomPoint, wait, (isThorough) =>
      this.#tryPut(item, isThorough),
    ).then(
      (isPut) => {
        if (isPut) return;
        this.#drop(item);
        throw this.#full(wait.timeout);
      },
      (error) => {
        this.#drop(item);
        throw error;
      },
    );
    const forget = (): void => void this.#unsent.delete(sending);
    this.#unsent.add(sending);
    sending.then(forget, forget);
    if (!this.#mayLeaveUnsent) addUnsent(sending);
    return sending;
  }

  async #takeLater(wait: NormalizedWait): Promise<Item> {
    let taken: Item | undefined;
    const isTaken = await this.#waitInLine(this.#getters, this.#itemPoint, wait, (isThorough) => {
      taken = this.#tryTake(isThorough);
      if (taken === undefined) return false;
      taken = keepItem(taken);
      return true;
    });
    if (!isTaken) throw this.#empty(wait.timeout);
    return taken as unknown as Item;
  }

  async #waitInLine(
    line: Line,
    point: WaitPoint,
    wait: NormalizedWait,
    attempt: (isThorough: boolean) => boolean,
  ): Promise<boolean> {
    const ticket = line.join();
    try {
      return await this.#parking.wait(
        point,
        (isThorough) => {
          if (!line.isFirst(ticket) || !attempt(isThorough)) return false;
          line.leave(ticket);
          return true;
        },
        wait,
      );
    } finally {
      line.leave(ticket);
      if (!line.isEmpty) this.#parking.wakeParty(point.gate, this.#parking.self);
    }
  }

  /** True: the block of the item is the queue's. */
  #tryPut(item: Item, isThorough: boolean): boolean {
    const outcome = this.core.put(item, isThorough);
    if (outcome === 'shut down') throw this.#shutDown('put into', 'nothing can be put any more');
    return outcome === 'done';
  }

  #tryTake(isThorough: boolean): Item | undefined {
    this.checkOpen('get from');
    const outcome = this.core.take(isThorough);
    if (outcome === 'shut down') throw this.#shutDown('get from', 'no item is left');
    return outcome === 'empty' ? undefined : outcome;
  }

  #drop({ block }: Item): void {
    if (block !== undefined) this.#parking.arena.heap.drop(block);
  }

  #empty(timeout: number): QueueEmpty {
    return new QueueEmpty(`Cannot get from the ${this.#name}: no item came within ${timeout} ms; wait longer`);
  }

  #full(timeout: number): QueueFull {
    return new QueueFull(
      `Cannot put into the ${this.#name}: it holds ${this.core.maxSize} items, and none was taken within ${timeout} ms; wait longer`,
    );
  }

  #shutDown(action: string, why: string): QueueShutDown {
    return new QueueShutDown(`Cannot ${action} the ${this.#name}: it is shut down, and ${why}; make a new one`);
  }
}

function checkMaxSize(name: QueueName, maxSize: number): number {
  if (Number.isInteger(maxSize) && maxSize >= 0 && maxSize < 2 ** 31) return maxSize;
  throw new RangeError(
    `Cannot create a ${name}: its maxSize is "${String(maxSize)}"; give a whole number from 1 to 2147483647, or 0 for no bound`,
  );
}
