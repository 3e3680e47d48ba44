import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Claims } from '#dist/memory/claims.js';
import { Guards } from '#dist/memory/guard.js';
import { PartySlots } from '#dist/memory/party-slots.js';
import { SharedWords } from '#dist/memory/shared-words.js';
import { waitBlocking } from '#dist/parking/blocking-wait.js';
import { CONDITION_WORDS, ConditionCore } from '#dist/synchronize/condition-core.js';
import { PartyTable } from '#dist/synchronize/party-table.js';
import { SemaphoreCore } from '#dist/synchronize/semaphore-core.js';
import { isLong, scaled, seed } from '../support/seed.js';
import { exploreAll, exploreAtRandom, type Scenario } from './explore.js';
import { type ModelEnvironment, OBJECTS, type Program, type World } from './model-world.js';

type Style = 'blocking' | 'async';

const RUNS = scaled(40);
/** Schedules of each kind at the most, the simplest first. */
const LIMIT = scaled(250);

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
    guards: new Guards(words, new Claims(words, parties, sleep, self, 3)),
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
    guards: new Guards(words, new Claims(words, parties, sleep, observer, 3)),
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

/** Some wait once, one notifies until all have gone on: no notification may be lost. */
function conditionScenario(styles: Style[]): Scenario {
  return {
    create() {
      const enlisted = new Set<number>();
      const waiters = styles.map((style, index) => waiter(style, () => void enlisted.add(index)));
      const notifier: Program = (env) => {
        const condition = new ConditionCore(partsOf(env), OBJECTS);
        waitUntil(env, () => enlisted.size + env.killed >= styles.length);
        for (const _ of styles) condition.notify(1);
      };
      return { programs: [...waiters, notifier], mayKill: (index) => index < styles.length, check: () => {} };
    },
  };
}

/**
 * Two wait, one is notified. If it is killed before it has taken that up, the notification is the other's; only when one
 * has gone on does the other get one of its own.
 */
function inheritanceScenario(styles: readonly [Style, Style]): Scenario {
  return {
    create() {
      const enlisted = new Set<number>();
      let isTaken = false;
      let world: World | undefined;
      const waiters = styles.map((style, index) =>
        waiter(
          style,
          () => void enlisted.add(index),
          () => {
            isTaken = true;
          },
        ),
      );
      const notifier: Program = (env) => {
        const condition = new ConditionCore(partsOf(env), OBJECTS);
        waitUntil(env, () => styles.every((_, index) => enlisted.has(index) || env.isKilled(index)));
        condition.notify(1);
        waitUntil(env, () => isTaken);
        condition.notify(1);
      };
      return {
        programs: [...waiters, notifier],
        prepare(it) {
          world = it;
        },
        // Only there it makes a difference, and so few schedules go far.
        mayKill: (index) => world !== undefined && isNotified(world, index),
        // Killed between taking it up and saying so.
        onKill(world, index) {
          isTaken ||= enlisted.has(index) && !isOnTheList(world, index);
        },
        check: () => assert.ok(isTaken),
      };
    },
  };
}

function waiter(style: Style, onEnlisted: () => void, onTaken: () => void = () => {}): Program {
  return (env) => {
    const condition = new ConditionCore(partsOf(env), OBJECTS);
    condition.enlist();
    env.note(onEnlisted);
    waitFor(env, style, condition.gate, (isThorough) => {
      const isTaken = condition.take(isThorough);
      if (isTaken) env.note(onTaken);
      return isTaken;
    });
  };
}

/** Under the real Condition's lock nobody can notify before those it means have enlisted: here it looks now and then. */
function waitUntil(env: ModelEnvironment, isSo: () => boolean): void {
  env.useDeadline();
  while (!env.peek(isSo)) env.calls.futexWait(OBJECTS + 300, 0, 50, -1);
}

function tableOf(words: SharedWords, parties: PartySlots): PartyTable {
  return new PartyTable(words, parties, OBJECTS + 2, CONDITION_WORDS - 2, 2);
}

/** Whether a party has a notification to take up. */
function isNotified(world: World, index: number): boolean {
  const words = world.plainWords();
  const party = world.parties[index]?.id;
  const record = party === undefined ? undefined : tableOf(words, world.slots).find(party);
  return record !== undefined && words.load(record + 2) > 0;
}

/**
 * Whether a party still waits or has a notification to take up, once what it was killed in the middle of is undone: in a
 * copy, in which everybody counts as dead, so that it can be looked into at any time.
 */
function isOnTheList(world: World, index: number): boolean {
  const words = new SharedWords(world.memory.slice().buffer);
  const parties = new PartySlots(words, { status: () => ({ startTime: 7, isDead: true }), now: () => world.clock });
  const observer = parties.claim(100 + world.parties.length);
  const sleep = { wait: () => assert.fail('a guard is stuck'), wake: () => {} };
  const guards = new Guards(words, new Claims(words, parties, sleep, observer));
  const party = world.parties[index]?.id;
  return guards.run(OBJECTS, () => party !== undefined && tableOf(words, parties).find(party) !== undefined);
}

for (const styles of [
  ['blocking', 'blocking'],
  ['async', 'async'],
  ['blocking', 'async'],
] as const) {
  test(`Semaphore: systematic schedules of ${styles.join(', ')} with interruptions keeps its count`, async () => {
    const scenario = semaphoreScenario([...styles], 1, 1);
    console.log(`schedules: ${await exploreAll(scenario, { preemptions: isLong ? 2 : 1, kills: 0 }, LIMIT)}`);
  });
  test('Semaphore: the same with one of them killed at every step', async () => {
    console.log(
      `schedules: ${await exploreAll(semaphoreScenario([...styles], 1, 1), { preemptions: 1, kills: 1 }, LIMIT)}`,
    );
  });
}

test('Semaphore: one release of two units wakes both who wait for one', async () => {
  for (const styles of [
    ['blocking', 'blocking'],
    ['async', 'async'],
    ['blocking', 'async'],
  ] as const) {
    console.log(`schedules: ${await exploreAll(bulkScenario([...styles]), { preemptions: 1, kills: 0 }, LIMIT)}`);
  }
});

test('Semaphore: random schedules of three parties over two units, with kills', async () => {
  await exploreAtRandom(
    semaphoreScenario(['blocking', 'async', 'blocking'], 2, 2),
    { preemptions: 1000, kills: 0 },
    RUNS,
    seed,
  );
  await exploreAtRandom(
    semaphoreScenario(['blocking', 'async', 'async'], 2, 2),
    { preemptions: 1000, kills: 2 },
    RUNS,
    seed,
  );
});

test('Condition: random schedules of two waiters and a notifier lose no notification, also of killed waiters', async () => {
  await exploreAtRandom(conditionScenario(['blocking', 'async']), { preemptions: 1000, kills: 0 }, RUNS, seed);
  await exploreAtRandom(conditionScenario(['async', 'async']), { preemptions: 1000, kills: 1 }, RUNS, seed);
  await exploreAtRandom(conditionScenario(['blocking', 'async']), { preemptions: 1000, kills: 1 }, RUNS, seed);
});

for (const styles of [
  ['blocking', 'blocking'],
  ['async', 'async'],
  ['blocking', 'async'],
] as const) {
  test(`Condition: systematic schedules of two waits (${styles.join(', ')}) and two notifications, with one killed at every step`, async () => {
    const scenario = conditionScenario([...styles]);
    console.log(`schedules: ${await exploreAll(scenario, { preemptions: isLong ? 2 : 1, kills: 0 }, LIMIT)}`);
    console.log(`schedules: ${await exploreAll(scenario, { preemptions: 1, kills: 1 }, LIMIT)}`);
  });
  test(`Condition: of two waits (${styles.join(', ')}) the other gets what a killed one did not take up`, async () => {
    const scenario = inheritanceScenario(styles);
    console.log(`schedules: ${await exploreAll(scenario, { preemptions: 1, kills: 1 }, LIMIT)}`);
    await exploreAtRandom(scenario, { preemptions: 1000, kills: 1 }, RUNS, seed);
  });
}
