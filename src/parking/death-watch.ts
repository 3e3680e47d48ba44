import type { PartyId, PartySlots } from '../memory/party-slots.ts';

/**
 * Tells of the death of any party, through the event loop and without polling. A waiter cannot know whose death matters
 * to it: the owner may change while it sleeps, and whoever dies may have been about to wake it. So every party that
 * waits watches every other.
 */
export class DeathWatch {
  readonly #parties: PartySlots;
  readonly #self: PartyId;
  readonly #watch: (taskId: number, onDeath: () => void) => Disposable;
  readonly #onDeath: () => void;
  readonly #watched = new Map<PartyId, Disposable>();
  #epoch: number | undefined;

  constructor(
    parties: PartySlots,
    self: PartyId,
    watch: (taskId: number, onDeath: () => void) => Disposable,
    onDeath: () => void,
  ) {
    this.#parties = parties;
    this.#self = self;
    this.#watch = watch;
    this.#onDeath = onDeath;
  }

  /** Watches those who have arrived since the last call. True if there were any. */
  update(): boolean {
    const epoch = this.#parties.epoch;
    if (epoch === this.#epoch) return false;
    this.#epoch = epoch;
    for (const party of this.#parties.listed()) {
      if (party !== this.#self && !this.#watched.has(party)) this.#begin(party);
    }
    return true;
  }

  #begin(party: PartyId): void {
    this.#watched.set(
      party,
      this.#watch(this.#parties.taskIdOf(party), () => this.#look(party)),
    );
    // The number may have been somebody else's by the time it was watched; then the party is dead already.
    if (!this.#parties.isAlive(party, true)) {
      this.#watched.get(party)?.[Symbol.dispose]();
      setImmediate(() => this.#look(party));
    }
  }

  #look(party: PartyId): void {
    this.#watched.delete(party);
    if (this.#parties.isAlive(party, true)) this.#begin(party);
    else this.#onDeath();
  }
}
