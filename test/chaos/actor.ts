import assert from 'node:assert/strict';
import type { Message, TestChild } from '../support/children.js';
import { startPart } from '../support/shared.js';
import { isOver, now, type Stage } from './stage.js';

const program = new URL('./actor.child.js', import.meta.url).href;

/** Whoever has not answered by then hangs, in milliseconds. */
const LIMIT = 20_000;

export interface Begun {
  /** What it answers in the end. */
  readonly answer: Promise<Message>;
}

/** A process of the campaign that does what it is told. */
export class Actor {
  readonly #child: TestChild;
  readonly #stage: Stage;

  private constructor(child: TestChild, stage: Stage) {
    this.#child = child;
    this.#stage = stage;
  }

  static async start(object: object, stage: Stage): Promise<Actor> {
    const actor = new Actor(startPart(program, 'act', { object, stage }), stage);
    assert.equal(await actor.#hear('start'), 'ready');
    return actor;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves once it has begun. */
  async begin(what: string, how: object = {}): Promise<Begun> {
    this.#child.say({ what, ...how });
    assert.equal(await this.#hear(what), 'begun');
    const answer = this.#hear(what);
    answer.catch(() => {}); // Heard of where it is awaited.
    return { answer };
  }

  async do(what: string, how: object = {}): Promise<Message> {
    return await (await this.begin(what, how)).answer;
  }

  /** At once, and reaped only when the event loop turns again. */
  kill(): void {
    this.#child.process.kill('SIGKILL');
    if (!isOver(this.#stage)) this.#stage.diedAt.view[0] = now();
  }

  async ended(): Promise<void> {
    const { signal } = await within(this.#child.ended, `the death of ${this.pid}`);
    assert.equal(signal, 'SIGKILL');
  }

  async #hear(what: string): Promise<Message> {
    return await within(this.#child.hear(), `"${what}" of ${this.pid}`);
  }
}

export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs`)), LIMIT);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
