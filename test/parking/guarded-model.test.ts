import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guards } from '#dist/memory/guard.js';
import { PartySlots } from '#dist/memory/party-slots.js';
import { waitBlocking } from '#dist/parking/blocking-wait.js';
import { ConditionCore } from '#dist/synchronize/condition-core.js';
import { SemaphoreCore } from '#dist/synchronize/semaphore-core.js';
import { scaled, seed } from '../support/seed.js';
import { exploreAll, exploreAtRandom, type Scenario } from './explore.js';
import { type ModelEnvironment, OBJECTS, type Program, type World } from './model-world.js';

type Style = 'blocking' | 'async';

const RUNS = scaled(100);
const LIMIT = scaled(800);

function partsOf(env: ModelEnvironment): ConstructorParameters<typeof ConditionCore>[0] {
  const { words, parties, self, gates, calls } = env;
  const sleep = {
    wait: (address: number, expected: number, timeout: number): void => calls.futexWait(address, expected, timeout, -1),
    wake: (address: number): void => void calls.futexWake(address, 1, -1),
  };
  return {
    words,
    parties,
    self,
    guards: new Guards(words, parties, sleep, self, 3),
    wakeOne: (gate) => gates.wakeOne(gate),
    wakeParty: (gate, party) => gates.wakeParty(gate, party),
  };
}

/** For looking at the outcome: steps of nobody. */
function partsOfCheck(world: World): ConstructorParameters<typeof ConditionCore>[0] {
  const words = world.plainWords();
  const parties = new PartySlots(words, world);
  const observer = parties.claim(100 + world.parties.length);
  const sleep = { wait: () => assert.fail('a guard is stuck'), wake: () => {} };
  return {
    words,
    parties,
    self: observer,
    guards: new Guards(words, parties, sleep, observer, 3),
    wakeOne: () => {},
    wakeParty: () => {},
  };
}

/** Units taken and given back by each, blocking or not; afterwards all must be there. */
function semaphoreScenario(styles: Style[], units: number, rounds: number): Scenario {
  return {
    create() {
      let inside = 0;
      const programs = styles.map(
        (style): Program =>
          (env) => {
            const semaphore = new SemaphoreCore(partsOf(env), OBJECTS);
            for (let round = 0; round < rounds; round += 1) {
              waitFor(env, style, semaphore.gate, (isThorough) => semaphore.take(isThorough) !== undefined);
              env.note(() => {
                inside += 1;
                assert.ok(env.killed > 0 || inside <= units, 'more inside than there are units');
              });
              env.words.load(OBJECTS + 300); // a step inside
              env.note(() => {
                inside -= 1;
              });
              semaphore.release(1, false);
            }
          },
      );
      return {
        programs,
        prepare: (world) => new SemaphoreCore(partsOfCheck(world), OBJECTS).initialize(units),
        check: (world) => assert.equal(new SemaphoreCore(partsOfCheck(world), OBJECTS).count(), units),
      };
    },
  };
}

/** Takers that keep what they get, and one release of as many units. */
function bulkScenario(styles: Style[]): Scenario {
  return {
    create() {
      const takers = styles.map(
        (style): Program =>
          (env) => {
            const semaphore = new SemaphoreCore(partsOf(env), OBJECTS);
            waitFor(env, style, semaphore.gate, (isThorough) => semaphore.take(isThorough) !== undefined);
          },
      );
      const releaser: Program = (env) => void new SemaphoreCore(partsOf(env), OBJECTS).release(styles.length, false);
      return {
        programs: [...takers, releaser],
        check: (world) => assert.equal(new SemaphoreCore(partsOfCheck(world), OBJECTS).count(), 0),
      };
    },
  };
}

function waitFor(env: ModelEnvironment, style: Style, gate: number, attempt: (isThorough: boolean) => boolean): void {
  const point = { gate, isExclusive: true };
  if (style === 'blocking') {
    waitBlocking(env.gates, env.calls, point, attempt, Number.POSITIVE_INFINITY);
    return;
  }
  let isDone = false;
  const once = (isThorough: boolean): boolean => {
    isDone = attempt(isThorough);
    return isDone;
  };
  env.room.wait(point, once, { timeout: Number.POSITIVE_INFINITY, signal: undefined }).catch(() => {});
  while (!isDone) env.turn();
}

/** Some wait once, one notifies until all have gone on: no notification may be lost, also one given to a party that dies. */
function conditionScenario(styles: Style[]): Scenario {
  return {
    create() {
      let enlisted = 0;
      const waiters = styles.map(
        (style): Program =>
          (env) => {
            const condition = new ConditionCore(partsOf(env), OBJECTS);
            condition.enlist();
            env.note(() => {
              enlisted += 1;
            });
            waitFor(env, style, condition.gate, (isThorough) => condition.take(isThorough));
          },
      );
      const notifier: Program = (env) => {
        const condition = new ConditionCore(partsOf(env), OBJECTS);
        // Under the real Condition's lock nobody can notify before those it means have enlisted.
        const seen = OBJECTS + 300;
        env.useDeadline();
        while (env.peek(() => enlisted + env.killed) < styles.length) env.calls.futexWait(seen, 0, 50, -1);
        for (const _ of styles) condition.notify(1);
      };
      return { programs: [...waiters, notifier], mayKill: (index) => index < styles.length, check: () => {} };
    },
  };
}

for (const styles of [
  ['blocking', 'blocking'],
  ['async', 'async'],
  ['blocking', 'async'],
] as const) {
  test(`Semaphore: schedules of ${styles.join(', ')} with 2 interruptions keep its count`, () => {
    console.log(`schedules: ${exploreAll(semaphoreScenario([...styles], 1, 1), { preemptions: 2, kills: 0 }, LIMIT)}`);
  });
  test('Semaphore: the same with one of them killed at every step', () => {
    console.log(`schedules: ${exploreAll(semaphoreScenario([...styles], 1, 1), { preemptions: 1, kills: 1 }, LIMIT)}`);
  });
}

test('Semaphore: one release of two units wakes both who wait for one', () => {
  for (const styles of [
    ['blocking', 'blocking'],
    ['async', 'async'],
    ['blocking', 'async'],
  ] as const) {
    console.log(`schedules: ${exploreAll(bulkScenario([...styles]), { preemptions: 1, kills: 0 }, LIMIT)}`);
  }
});

test('Semaphore: random schedules of three parties over two units, with kills', () => {
  exploreAtRandom(
    semaphoreScenario(['blocking', 'async', 'blocking'], 2, 2),
    { preemptions: 1000, kills: 0 },
    RUNS,
    seed,
  );
  exploreAtRandom(semaphoreScenario(['blocking', 'async', 'async'], 2, 2), { preemptions: 1000, kills: 2 }, RUNS, seed);
});

test('Condition: random schedules of two waiters and a notifier lose no notification, also of killed waiters', () => {
  exploreAtRandom(conditionScenario(['blocking', 'async']), { preemptions: 1000, kills: 0 }, RUNS, seed);
  exploreAtRandom(conditionScenario(['async', 'async']), { preemptions: 1000, kills: 1 }, RUNS, seed);
  exploreAtRandom(conditionScenario(['blocking', 'async']), { preemptions: 1000, kills: 1 }, RUNS, seed);
});
