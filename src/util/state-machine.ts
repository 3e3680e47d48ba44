import { InternalError } from '../errors/internal-error.ts';

/** States × events: what a cell does not name is illegal. */
export type Transitions<S extends string, E extends string> = Readonly<Record<S, Partial<Record<E, S>>>>;

/** How many moves an object remembers for the error about an illegal one. */
const STORY_LENGTH = 16;

/**
 * One object's lifecycle. Side effects belong to entering a state, so every path into it has them; a move into the
 * state it is in already has none.
 */
export class StateMachine<S extends string, E extends string> {
  readonly #name: string;
  readonly #transitions: Transitions<S, E>;
  readonly #onEnter: Partial<Record<S, () => void>>;
  readonly #story: string[] = [];
  #state: S;

  constructor(name: string, transitions: Transitions<S, E>, initial: S, onEnter: Partial<Record<S, () => void>> = {}) {
    this.#name = name;
    this.#transitions = transitions;
    this.#state = initial;
    this.#onEnter = onEnter;
  }

  get state(): S {
    return this.#state;
  }

  can(event: E): boolean {
    return this.#transitions[this.#state][event] !== undefined;
  }

  /** Moves, and runs the entry action of the new state. Throws an InternalError with the object's story if illegal. */
  move(event: E): S {
    const next = this.#transitions[this.#state][event];
    if (next === undefined) {
      throw new InternalError(
        `Cannot move ${this.#name} by "${event}": it is ${this.#state}; its story: ${this.#story.join(', ') || 'none'}`,
      );
    }
    this.#story.push(`${this.#state} -${event}-> ${next}`);
    if (this.#story.length > STORY_LENGTH) this.#story.shift();
    if (next !== this.#state) {
      this.#state = next;
      this.#onEnter[next]?.();
    }
    return next;
  }
}
