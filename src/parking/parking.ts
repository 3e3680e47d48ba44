import type { Arena } from '../memory/arena.ts';
import type { Guards } from '../memory/guard.ts';
import { HEADER_MAGIC, MAGIC } from '../memory/layout.ts';
import type { PartyId, PartySlots } from '../memory/party-slots.ts';
import type { SharedWords } from '../memory/shared-words.ts';
import { KeepAlive } from '../util/keep-alive.ts';
import type { NormalizedWait } from '../util/wait.ts';
import type { Attempt, WaitPoint } from './attempt.ts';
import { waitBlocking } from './blocking-wait.ts';
import { DeathWatch } from './death-watch.ts';
import { Gates, type ParkingCalls } from './gates.ts';
import { LoneGate, wakeLone } from './lone-gate.ts';
import { type Spin, Spins } from './spin.ts';
import { WaitingRoom } from './waiting-room.ts';

/**
 * Waiting on shared memory, for every primitive: blocking or not, with a deadline and an abort, whoever is killed.
 * See README.md in this folder.
 */
export class Parking {
  readonly arena: Arena;
  readonly words: SharedWords;
  readonly parties: PartySlots;
  readonly self: PartyId;
  readonly guards: Guards;
  readonly #calls: ParkingCalls;
  readonly #gates: Gates;
  readonly #room: WaitingRoom;
  readonly #deaths: DeathWatch;
  readonly #spins: Spins;
  #bell: Disposable | undefined;
  #isOwnWakeDue = false;
  /** Who only ever waits at lone gates need not watch for deaths, which costs a descriptor for each party. */
  #isWatching = false;
  readonly #listeners = new Map<LoneGate, () => void>();

  constructor(arena: Arena) {
    const { native, words, parties, self } = arena;
    this.arena = arena;
    this.words = words;
    this.parties = parties;
    this.self = self;
    this.guards = arena.guards;
    this.#calls = {
      futexWait: (address, expected, timeout, mask) =>
        native.futex.wait(arena.addressInProcess(address), expected, timeout, mask),
      futexWake: (address, count, mask) => native.futex.wake(arena.addressInProcess(address), count, mask),
      yieldCore: () => native.futex.yieldCore(),
      ring: (index) => {
        const party = parties.at(index);
        return party !== undefined && native.bells.ring(bellName(arena, party));
      },
      now: () => performance.now(),
    };
    this.#spins = new Spins(this.#calls);
    this.#gates = new Gates(words, parties, this.#calls, self, (gate) => this.#wakeSelf(gate));
    this.#room = new WaitingRoom(
      this.#gates,
      () => this.#prepare(),
      () => KeepAlive.hold(),
    );
    this.#deaths = new DeathWatch(
      parties,
      self,
      (taskId, onDeath) => native.deaths.watch(taskId, onDeath),
      () => {
        arena.heap.sweep();
        this.#room.tryAll();
      },
    );
    // Those who wait must know of a newcomer before it can own anything: they watch over it.
    for (let index = 0; index < parties.high; index += 1) {
      if (parties.at(index) !== self && parties.watches(index)) this.#calls.ring(index);
    }
  }

  /** Waits without blocking. See WaitingRoom.wait. */
  wait(point: WaitPoint, attempt: Attempt, wait: NormalizedWait): Promise<boolean> {
    return this.#room.wait(point, attempt, wait);
  }

  /** Blocks the thread; true once `attempt` succeeded, false if `timeout` ms were over first. */
  waitSync(point: WaitPoint, attempt: Attempt, timeout: number): boolean {
    if (attempt(false)) return true;
    if (timeout <= 0) return attempt(true);
    const attemptSoon = point.attemptSoon ?? (() => attempt(false));
    if (this.spinAt(point.gate).meets(attemptSoon, timeout)) return true;
    if (this.#room.size === 0) return waitBlocking(this.#gates, this.#calls, point, attempt, timeout);
    this.#room.suspend();
    try {
      return waitBlocking(this.#gates, this.#calls, point, attempt, timeout);
    } finally {
      this.#room.tryAll();
    }
  }

  /** A moment's look before a wait at that gate. */
  spinAt(gate: number): Spin {
    return this.#spins.at(gate);
  }

  /** Blocks the thread for a moment, whatever happens. */
  nap(milliseconds: number): void {
    const now = performance.now();
    // Nobody ever rings at the header's first word, and it never changes.
    for (let left = milliseconds; left > 0; left = now + milliseconds - performance.now()) {
      this.#calls.futexWait(HEADER_MAGIC, MAGIC, left, -1);
    }
  }

  /** Wakes one party at the gate, if any: after a change that lets one waiter go on. */
  wakeOne(gate: number): void {
    this.#gates.wakeOne(gate);
  }

  /** Wakes all parties at the gate: after a change that concerns everyone. */
  wakeAll(gate: number): void {
    this.#gates.wakeAll(gate);
  }

  /** Wakes one certain party, if it is at the gate: after a change made for it. */
  wakeParty(gate: number, party: PartyId): void {
    this.#gates.wakeParty(gate, party);
  }

  /** A gate at a word of the arena where only this party waits. */
  loneGate(gate: number): LoneGate {
    return new LoneGate(this.words, this.#calls, gate);
  }

  /** From now on `onWoken` is called from the event loop when a ring finds that somebody has woken this party at the gate. */
  listenAt(gate: LoneGate, onWoken: () => void): Disposable {
    this.#openBell();
    this.#listeners.set(gate, onWoken);
    return { [Symbol.dispose]: () => void this.#listeners.delete(gate) };
  }

  /** After a change: wakes the one party that may wait at a lone gate. */
  wakeLone(gate: number, party: PartyId): void {
    wakeLone(this.words, this.parties, this.#calls, gate, party);
  }

  #openBell(): void {
    if (this.#bell !== undefined) return;
    const { native, parties, self } = this.arena;
    this.#bell = native.bells.open(bellName(this.arena, self), () => this.#onRing());
    parties.setHasBell(self);
  }

  #prepare(): void {
    this.#openBell();
    if (!this.#isWatching) {
      this.#isWatching = true;
      this.parties.setWatches(this.self);
    }
    this.#deaths.update();
  }

  #onRing(): void {
    // A newcomer rings too. One that has died since it came is found dead by the watch itself.
    if (this.#isWatching) this.#deaths.update();
    this.#room.tryWoken();
    for (const [gate, onWoken] of this.#listeners) if (gate.isWoken) onWoken();
  }

  #wakeSelf(gate: number): boolean {
    if (!this.#room.isAt(gate)) return false;
    if (!this.#isOwnWakeDue) {
      this.#isOwnWakeDue = true;
      queueMicrotask(() => {
        this.#isOwnWakeDue = false;
        this.#room.tryWoken();
      });
    }
    return true;
  }
}

function bellName(arena: Arena, party: PartyId): string {
  return `brood-${(arena.id >>> 0).toString(16)}-${party}`;
}
