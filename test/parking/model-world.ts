import { SPANS_OFFSET } from '#dist/memory/layout.js';
import { type PartyId, PartySlots } from '#dist/memory/party-slots.js';
import type { Address, SharedWords } from '#dist/memory/shared-words.js';
import { Gates, type ParkingCalls } from '#dist/parking/gates.js';
import { WaitingRoom } from '#dist/parking/waiting-room.js';
import { ModelWords } from './model-words.js';

/** Where the objects under test may lie. */
export const OBJECTS: Address = SPANS_OFFSET / 4 + 64;
const WORDS = OBJECTS + 4096;

/**
 * A machine of one memory and a few parties that run the real code, one shared step at a time.
 *
 * JavaScript cannot be stopped in mid-function, so a party is advanced by running its program again from the start with
 * the results of all earlier steps played back to it, performing one more, and leaving by an exception before the next.
 * A killed party is simply never run again.
 */
export class World {
  readonly memory: Int32Array = new Int32Array(WORDS);
  readonly parties: ModelParty[] = [];
  readonly slots: PartySlots;
  clock = 0;
  kills = 0;
  /** The party being run; undefined during set-up and checks. */
  running: ModelParty | undefined;

  constructor(programs: readonly Program[]) {
    this.slots = new PartySlots(new ModelWords(this), this);
    for (const [index, program] of programs.entries()) {
      const id = this.slots.claim(100 + index);
      this.parties.push(new ModelParty(this, index, id, program));
      this.slots.setHasBell(id);
    }
  }

  /** The memory, for set-up and checks. */
  plainWords(): SharedWords {
    return new ModelWords(this);
  }

  status(taskId: number): { startTime: number; isDead: boolean } | undefined {
    const isDead =
      this.running === undefined
        ? this.parties[taskId - 100]?.isKilled === true
        : this.running.recall(() => this.parties[taskId - 100]?.isKilled === true);
    return { startTime: 7, isDead };
  }

  now(): number {
    return this.running === undefined ? this.clock : this.running.recall(() => this.clock);
  }

  kill(party: ModelParty): void {
    party.state = 'killed';
    party.sleep = undefined;
    this.kills += 1;
    for (const other of this.parties) other.notify('death');
  }
}

export type Signal = 'ring' | 'death';
export type Program = (env: ModelEnvironment) => void;

/** What a program finds around it, built anew each time it is played. */
export interface ModelEnvironment {
  readonly index: number;
  readonly self: PartyId;
  readonly words: SharedWords;
  readonly parties: PartySlots;
  readonly gates: Gates;
  readonly calls: ParkingCalls;
  readonly room: WaitingRoom;
  /** The event loop: sleeps until rung or somebody has died, then lets the room try again. */
  turn(): void;
  /** This program counts on the clock: a wait that only time ends is no lost wake-up. */
  useDeadline(): void;
  /** To be asked in a note. */
  isKilled(index: number): boolean;
  /** How many have been killed; to be asked in a note. */
  readonly killed: number;
  /** A look at the test's own state. */
  peek<T>(look: () => T): T;
  /** A step on the test's own state, taken together with the shared step before it. */
  note(act: () => void): void;
}

const SUSPENDED = Symbol('suspended');

export class ModelParty {
  readonly index: number;
  readonly id: PartyId;
  /** ready: may take its next step. asleep: in a futex. listening: in its event loop. */
  state: 'ready' | 'asleep' | 'listening' | 'finished' | 'killed' = 'ready';
  error: unknown;
  sleep: { gate: Address; mask: number; until: number } | undefined;
  steps = 0;
  /** Set by programs that count on the clock. */
  usesDeadline = false;
  readonly #world: World;
  readonly #program: Program;
  readonly #pending = new Set<Signal>();
  readonly #results: unknown[] = [];
  #replayed = 0;
  #budget = 0;
  #isSuspended = false;

  constructor(world: World, index: number, id: PartyId, program: Program) {
    this.#world = world;
    this.index = index;
    this.id = id;
    this.#program = program;
  }

  get isKilled(): boolean {
    return this.state === 'killed';
  }

  get isOver(): boolean {
    return this.state === 'killed' || this.state === 'finished';
  }

  /** Takes one shared step, and goes on to just before the next. */
  step(): void {
    this.steps += 1;
    this.#replayed = 0;
    this.#budget = 1;
    this.#isSuspended = false;
    this.#world.running = this;
    try {
      this.#program(this.#environment());
      if (!this.#isSuspended) this.state = 'finished';
    } catch (error) {
      if (!this.#isSuspended) {
        this.state = 'finished';
        this.error = error;
      }
    } finally {
      this.#world.running = undefined;
    }
  }

  /** A step that others can see: the place where the scheduler may switch or kill. */
  shared<T>(act: () => T): T {
    if (this.#replayed < this.#results.length) return this.#results[this.#replayed++] as T;
    if (this.#budget === 0 || this.#isSuspended) this.#suspend();
    this.#budget = 0;
    return this.#remember(act());
  }

  /** A look that must give the same when played back, but where nothing is gained by switching. */
  recall<T>(act: () => T): T {
    if (this.#isSuspended) throw SUSPENDED;
    if (this.#replayed < this.#results.length) return this.#results[this.#replayed++] as T;
    return this.#remember(act());
  }

  wake(): void {
    this.state = 'ready';
    this.sleep = undefined;
    this.#results.push(undefined);
  }

  notify(signal: Signal): void {
    if (this.isOver) return;
    this.#pending.add(signal);
    if (this.state === 'listening') {
      this.state = 'ready';
      this.#results.push(this.#takePending());
    }
  }

  futexWait(gate: Address, expected: number, timeout: number, mask: number): void {
    this.shared(() => {
      if (this.#world.memory[gate] !== expected) return;
      this.state = 'asleep';
      this.sleep = { gate, mask, until: this.#world.clock + timeout };
      this.#isSuspended = true;
      throw SUSPENDED;
    });
  }

  listen(): Signal[] {
    return this.shared(() => {
      if (this.#pending.size > 0) return this.#takePending();
      this.state = 'listening';
      this.#isSuspended = true;
      throw SUSPENDED;
    });
  }

  #takePending(): Signal[] {
    const signals = [...this.#pending];
    this.#pending.clear();
    return signals;
  }

  #suspend(): never {
    this.#isSuspended = true;
    throw SUSPENDED;
  }

  #remember<T>(result: T): T {
    this.#results.push(result);
    this.#replayed += 1;
    return result;
  }

  #environment(): ModelEnvironment {
    const world = this.#world;
    const words = new ModelWords(world);
    const parties = new PartySlots(words, world);
    const calls: ParkingCalls = {
      yieldCore: () => {},
      futexWait: (gate, expected, timeout, mask) => this.futexWait(gate, expected, timeout, mask),
      futexWake: (gate, count, mask) => this.shared(() => wakeSleepers(world, gate, count, mask)),
      ring: (index) =>
        this.shared(() => {
          const target = world.parties[index];
          target?.notify('ring');
          return target !== undefined && !target.isOver;
        }),
      now: () => world.now(),
    };
    let isOwnWakeDue = false;
    const gates: Gates = new Gates(words, parties, calls, this.id, (gate) => {
      isOwnWakeDue ||= room.isAt(gate);
      return room.isAt(gate);
    });
    const room: WaitingRoom = new WaitingRoom(
      gates,
      () => {},
      () => ({ [Symbol.dispose]: () => {} }),
    );
    return {
      index: this.index,
      self: this.id,
      words,
      parties,
      gates,
      calls,
      room,
      turn: () => {
        if (isOwnWakeDue) {
          isOwnWakeDue = false;
          room.tryWoken();
          return;
        }
        const signals = this.listen();
        if (!signals.includes('death')) return room.tryWoken();
        // As DeathWatch does before it tells anybody.
        for (const party of world.parties) parties.isAlive(party.id, true);
        room.tryAll();
      },
      useDeadline: () => {
        this.usesDeadline = true;
      },
      isKilled: (index) => world.parties[index]?.isKilled === true,
      get killed() {
        return world.kills;
      },
      peek: (look) => this.recall(look),
      note: (act) => this.recall(act),
    };
  }
}

function wakeSleepers(world: World, gate: Address, count: number, mask: number): number {
  let woken = 0;
  for (const party of world.parties) {
    if (woken < count && party.sleep?.gate === gate && (party.sleep.mask & mask) !== 0) {
      party.wake();
      woken += 1;
    }
  }
  return woken;
}
