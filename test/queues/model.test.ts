import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Claims } from '#dist/memory/claims.js';
import { Guards } from '#dist/memory/guard.js';
import { PartySlots } from '#dist/memory/party-slots.js';
import { waitBlocking } from '#dist/parking/blocking-wait.js';
import { QueueCore, type QueueParts } from '#dist/queues/queue-core.js';
import { exploreAll, exploreAtRandom, type Scenario } from '../parking/explore.js';
import { type ModelEnvironment, OBJECTS, type Program, type World } from '../parking/model-world.js';
import { scaled, seed } from '../support/seed.js';
import { ModelBlocks, type ModelItem, ModelStore } from './model-store.js';

type Style = 'blocking' | 'async';

/** See chain.ts. */
const HEAD_SEGMENT = 15;
const LIMIT = scaled(80);
const RUNS = scaled(15);

interface Role {
  readonly does: 'put' | 'take';
  readonly style: Style;
  readonly isKillable?: true;
}

interface Setting {
  readonly roles: readonly Role[];
  readonly maxSize: number;
  /** Items of each producer; every second one is in a block of its own. */
  readonly count: number;
  readonly isJoinable: boolean;
}

function coreOf(env: ModelEnvironment, store: ModelStore, isJoinable: boolean): QueueCore<ModelItem> {
  const { words, parties, self, gates, calls } = env;
  const sleep = {
    wait: (address: number, expected: number, timeout: number): void => calls.futexWait(address, expected, timeout, -1),
    wake: (address: number): void => void calls.futexWake(address, 1, -1),
  };
  const parts: QueueParts = {
    words,
    parties,
    self,
    guards: new Guards(words, new Claims(words, parties, sleep, self, 3)),
    wakeOne: (gate) => gates.wakeOne(gate),
    wakeAll: (gate) => gates.wakeAll(gate),
  };
  return new QueueCore(parts, store, OBJECTS, isJoinable);
}

/** For set-up and for looking at the outcome: steps of nobody. */
function coreOfCheck(world: World, blocks: ModelBlocks, isJoinable: boolean): QueueCore<ModelItem> {
  const words = world.plainWords();
  const parties = new PartySlots(words, world);
  const self = parties.claim(100 + world.parties.length);
  const sleep = { wait: () => assert.fail('a guard is stuck'), wake: () => {} };
  const guards = new Guards(words, new Claims(words, parties, sleep, self, 3));
  const parts = { words, parties, self, guards, wakeOne: () => {}, wakeAll: () => {} };
  return new QueueCore(parts, new ModelStore(words, blocks), OBJECTS, isJoinable);
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

/** The last producer shuts the queue down; whoever takes goes on until then. */
function scenarioOf({ roles, maxSize, count, isJoinable }: Setting): Scenario {
  return {
    create() {
      const blocks = new ModelBlocks();
      /** By value: 100 × producer + number. */
      const settled = new Set<number>();
      const begun = new Set<number>();
      const taken: number[] = [];
      const orders = roles.map((): number[] => []);
      const shutter = roles.findLastIndex(({ does, isKillable }) => does === 'put' && !isKillable);
      const programs = roles.map(
        ({ does, style }): Program =>
          (env) => {
            const store = new ModelStore(env.words, blocks, env);
            const core = coreOf(env, store, isJoinable);
            if (does === 'put') {
              for (let n = 0; n < count; n += 1) {
                const value = env.index * 100 + n;
                const item = store.item(value, n % 2 === 1);
                env.note(() => begun.add(value));
                let outcome = 'full';
                waitFor(env, style, core.roomGate, (isThorough) => {
                  outcome = core.put(item, isThorough);
                  return outcome !== 'full';
                });
                if (outcome === 'done') env.note(() => settled.add(value));
                else if (item.block !== undefined) store.drop(item.block);
              }
              if (env.index === shutter) core.shutDown(false);
              return;
            }
            for (;;) {
              let outcome: ReturnType<typeof core.take> = 'empty';
              waitFor(env, style, core.itemGate, (isThorough) => {
                outcome = core.take(isThorough);
                return outcome !== 'empty';
              });
              if (typeof outcome === 'string') break;
              const { value, block } = outcome as ModelItem;
              env.note(() => {
                taken.push(value);
                orders[env.index]?.push(value);
              });
              if (block !== undefined) store.drop(block);
              if (isJoinable) core.taskDone();
            }
          },
      );
      return {
        programs,
        prepare: (world) => coreOfCheck(world, blocks, isJoinable).initialize(maxSize),
        mayKill: (index) => roles[index]?.isKillable === true,
        check(world) {
          const core = coreOfCheck(world, blocks, isJoinable);
          assert.equal(core.size(), 0, 'items are left although a consumer is there');
          blocks.check(world, linkedBlocks(world));
          assert.equal(new Set(taken).size, taken.length, 'an item came twice');
          for (const value of taken) assert.ok(begun.has(value), 'an item came that nobody put');
          const killedTakers = world.parties.filter(
            ({ isKilled, index }) => isKilled && roles[index]?.does === 'take',
          ).length;
          const lost = [...settled].filter((value) => !taken.includes(value)).length;
          assert.ok(lost <= killedTakers, `${lost} items were lost`);
          for (const order of orders)
            for (const producer of roles.keys()) {
              const own = order.filter((value) => Math.floor(value / 100) === producer);
              assert.deepEqual(
                own,
                own.toSorted((a, b) => a - b),
              );
            }
          if (isJoinable) assert.equal(core.isDone(true), true, 'something stays undone');
        },
      };
    },
  };
}

/** The segment that an empty queue keeps. */
function linkedBlocks(world: World): Set<number> {
  const head = world.plainWords().load(OBJECTS + HEAD_SEGMENT);
  return new Set(head === 0 ? [] : [head]);
}

const blocking = { does: 'put', style: 'blocking' } as const;
const taker = { does: 'take', style: 'async' } as const;

test('a producer and a consumer, with 2 interruptions: every item once and in order, nothing left behind', async () => {
  for (const style of ['blocking', 'async'] as const) {
    const setting = { roles: [blocking, { ...taker, style }], maxSize: 1, count: 3, isJoinable: false };
    console.log(`schedules: ${await exploreAll(scenarioOf(setting), { preemptions: 2, kills: 0 }, LIMIT)}`);
  }
});

test('two consumers, one of which is killed at every step: at most its item is lost, the other goes on', async () => {
  for (const style of ['blocking', 'async'] as const) {
    const roles: Role[] = [blocking, { ...taker, style }, { ...taker, style, isKillable: true }];
    for (const isJoinable of [false, true]) {
      const setting = { roles, maxSize: 2, count: 3, isJoinable };
      console.log(`schedules: ${await exploreAll(scenarioOf(setting), { preemptions: 1, kills: 1 }, LIMIT)}`);
    }
  }
});

test('two producers, one of which is killed at every step: what has settled is there, the other goes on', async () => {
  for (const style of ['blocking', 'async'] as const) {
    const roles: Role[] = [{ ...blocking, style, isKillable: true }, { ...blocking, style }, taker];
    const setting = { roles, maxSize: 1, count: 3, isJoinable: false };
    console.log(`schedules: ${await exploreAll(scenarioOf(setting), { preemptions: 1, kills: 1 }, LIMIT)}`);
  }
});

test('killed at every step, uninterrupted: whoever comes next lets go of the block that was on its way', async () => {
  for (const isJoinable of [false, true]) {
    const settings: Role[][] = [
      [{ ...blocking, isKillable: true }, blocking, taker],
      [blocking, { ...taker, style: 'blocking', isKillable: true }, taker],
    ];
    for (const roles of settings) {
      const setting = { roles, maxSize: 0, count: 4, isJoinable };
      console.log(`schedules: ${await exploreAll(scenarioOf(setting), { preemptions: 0, kills: 1 })}`);
    }
  }
});

test('random schedules of four parties, with kills', async () => {
  for (const maxSize of [0, 1, 2]) {
    const roles: Role[] = [
      { does: 'put', style: 'async', isKillable: true },
      { does: 'put', style: 'blocking' },
      { does: 'take', style: 'blocking', isKillable: true },
      { does: 'take', style: 'async' },
    ];
    const setting = { roles, maxSize, count: 3, isJoinable: maxSize === 2 };
    await exploreAtRandom(scenarioOf(setting), { preemptions: 1000, kills: 0 }, RUNS, seed);
    await exploreAtRandom(scenarioOf(setting), { preemptions: 1000, kills: 2 }, RUNS, seed);
  }
});
