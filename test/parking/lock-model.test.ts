import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitBlocking } from '#dist/parking/blocking-wait.js';
import { LockWord } from '#dist/synchronize/lock-word.js';
import { scaled, seed } from '../support/seed.js';
import { exploreAll, exploreAtRandom, type Scenario } from './explore.js';
import { type ModelEnvironment, OBJECTS, type Program } from './model-world.js';

/** The sequential model: who is inside, and what must be true of that. */
class Room {
  inside: number | undefined;
  entries = 0;

  enter(env: ModelEnvironment, hasOwnerDied: boolean): void {
    const left = this.inside;
    if (left !== undefined) {
      assert.ok(env.isKilled(left), `${env.index} entered while ${left} was inside`);
      assert.ok(hasOwnerDied, `${env.index} was not told that ${left} died inside`);
    }
    this.inside = env.index;
    this.entries += 1;
  }

  leave(env: ModelEnvironment): void {
    assert.equal(this.inside, env.index);
    this.inside = undefined;
  }
}

type Style = 'blocking' | 'async' | 'impatient' | 'aborted';

function lockScenario(styles: Style[], rounds = 1): Scenario {
  return {
    create() {
      const room = new Room();
      const programs = styles.map(
        (style): Program =>
          (env) => {
            const lock = new LockWord(
              { words: env.words, parties: env.parties, self: env.self, wakeOne: (gate) => env.gates.wakeOne(gate) },
              OBJECTS,
            );
            for (let round = 0; round < rounds; round += 1) {
              if (!acquire(env, lock, style)) continue;
              const hasOwnerDied = lock.hasOwnerDied();
              env.note(() => room.enter(env, hasOwnerDied));
              env.words.load(OBJECTS + 8); // a step inside
              env.note(() => room.leave(env));
              assert.ok(lock.giveBack());
            }
          },
      );
      return {
        programs,
        check(final) {
          assert.equal((final.memory[OBJECTS] ?? 0) & (2 ** 29 - 1), lastOwner(final));
          if (final.kills === 0 && !styles.includes('impatient') && !styles.includes('aborted'))
            assert.equal(room.entries, styles.length * rounds);
        },
      };
      function lastOwner(final: { parties: Array<{ id: number; isKilled: boolean }>; memory: Int32Array }): number {
        const owner = (final.memory[OBJECTS] ?? 0) & (2 ** 29 - 1);
        assert.ok(
          owner === 0 || final.parties.some((party) => party.id === owner && party.isKilled),
          'only a dead party may still hold it',
        );
        return owner;
      }
    },
  };
}

/** An AbortSignal whose listener's exceptions reach the caller, which the playing back needs. */
class PlainAbort {
  readonly reason = 'aborted';
  #listener: (() => void) | undefined;

  throwIfAborted(): void {}
  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listener = listener;
  }
  removeEventListener(): void {
    this.#listener = undefined;
  }
  abort(): void {
    this.#listener?.();
  }
}

function acquire(env: ModelEnvironment, lock: LockWord, style: Style): boolean {
  const point = { gate: lock.gate, isExclusive: true, onBeaten: () => lock.complain() };
  if (style === 'blocking')
    return (
      lock.takeAtOnce() || waitBlocking(env.gates, env.calls, point, (t) => lock.take(t), Number.POSITIVE_INFINITY)
    );
  if (style === 'impatient') {
    env.useDeadline();
    return lock.takeAtOnce() || waitBlocking(env.gates, env.calls, point, (t) => lock.take(t), 50);
  }
  let outcome: 'pending' | 'taken' = 'pending';
  const controller = new PlainAbort();
  env.room
    .wait(
      point,
      (t) => {
        const isTaken = lock.take(t);
        if (isTaken) outcome = 'taken';
        return isTaken;
      },
      { timeout: Number.POSITIVE_INFINITY, signal: controller as unknown as AbortSignal },
    )
    .catch(() => {});
  const hasPending = (): boolean => outcome === 'pending';
  if (style === 'aborted' && hasPending()) {
    // Time for others to wake it, and none to notice.
    for (let steps = 0; steps < 2; steps += 1) env.words.load(OBJECTS + 8);
    if (hasPending()) controller.abort();
    return !hasPending();
  }
  while (hasPending()) env.turn();
  return true;
}

const cases: Array<[Style[], number, number]> = [
  [['blocking', 'blocking'], 3, 1],
  [['async', 'async'], 3, 1],
  [['blocking', 'async'], 3, 1],
  [['impatient', 'async'], 3, 1],
  [['aborted', 'async'], 3, 1],
  [['async', 'aborted', 'async'], 3, 0],
  [['async', 'impatient', 'async'], 2, 0],
  [['blocking', 'blocking', 'blocking'], 2, 1],
  [['async', 'async', 'blocking'], 2, 1],
];

for (const [styles, preemptions, kills] of cases) {
  test(`Lock: every schedule of ${styles.join(', ')} with ${preemptions} interruptions keeps it exclusive and loses no wake-up`, async () => {
    console.log(`schedules: ${await exploreAll(lockScenario(styles), { preemptions, kills: 0 }, 300_000)}`);
  });
  if (kills === 0) continue;
  test(`Lock: the same with one of them killed at every step`, async () => {
    console.log(
      `schedules: ${await exploreAll(lockScenario(styles), { preemptions: preemptions - 1, kills }, 300_000)}`,
    );
  });
}

const RUNS = scaled(150);

test('Lock: random schedules of three parties and three rounds, with kills', async () => {
  for (const styles of [
    ['blocking', 'async', 'blocking'],
    ['async', 'async', 'async'],
    ['impatient', 'async', 'aborted'],
  ] as Style[][]) {
    await exploreAtRandom(lockScenario(styles, 3), { preemptions: 1000, kills: 0 }, RUNS, seed);
    await exploreAtRandom(lockScenario(styles, 3), { preemptions: 1000, kills: 2 }, RUNS, seed);
  }
});
