import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, say } from '../support/children.js';
import { countSteps, die, steps } from '../support/killing-steps.js';
import { createRandom } from '../support/random.js';
import { runPart } from '../support/shared.js';
import { tours } from '../synchronize/tours.js';
import { doom } from './doom.js';
import { isOver, mustHalt, now, pass, type Stage, type Style, sinceDeath, UNITS, witness } from './stage.js';

/** What an actor does when it is told to; what it returns is its answer. */
type Act = (object: Message, stage: Stage, command: { style: Style; killAt: number; seed: number }) => unknown;

/** Tours, or does one thing, and dies at a chosen step of it. */
const doomed =
  (live: (object: Message, stage: Stage) => unknown): Act =>
  async (object, stage, { killAt }) => {
    countSteps();
    steps.killAt = killAt;
    await live(object, stage);
    die();
  };

const waits: Record<string, Act> = {
  async condition(condition, _stage, { style }) {
    using _held = style === 'sync' ? condition.holdSync() : await condition.hold();
    const isNotified = style === 'sync' ? condition.waitSync() : await condition.wait();
    return { at: now(), isNotified };
  },
  async event(event, _stage, { style }) {
    const isSet = style === 'sync' ? event.waitSync() : await event.wait();
    return { at: now(), isSet };
  },
  async barrier(barrier, _stage, { style }) {
    try {
      const index = style === 'sync' ? barrier.waitSync() : await barrier.wait();
      return { at: now(), index };
    } catch (error) {
      return { at: now(), error: (error as Error).name };
    }
  },
};

/** Notifies, or waits, and so may get the lock of one who died also here. */
function talk(condition: Message, stage: Stage, random: () => number): void {
  using _held = condition.holdSync();
  if (random() < 0.5) condition.notify();
  else condition.waitSync(random() * 4);
  const inside = witness(stage);
  inside.enter(condition.lock.ownerDied);
  inside.leave();
}

const acts: Record<string, Act> = {
  /** How many steps one tour has when nobody is in its way. */
  async measure(object, { kind }) {
    countSteps();
    await tours[kind]?.(object);
    return steps.taken;
  },
  /** All there is of it, for ever. */
  async take(object, stage, { style }) {
    for (let units = stage.kind === 'semaphore' ? UNITS : 1; units > 0; units -= 1) {
      if (style === 'sync') object.acquireSync();
      else await object.acquire();
    }
    if (stage.kind !== 'semaphore') witness(stage).enter(false);
  },
  pass: (object, stage, { style }) => pass(object, stage, style),
  /** Passes over and over; answers how long after the victim's death the next time was. */
  async churn(object, stage, { seed }) {
    const random = createRandom(seed);
    let late: number | undefined;
    while (!mustHalt(stage) || late === undefined) {
      await pass(object, stage, random() < 0.5 ? 'sync' : 'async');
      if (isOver(stage)) late ??= sinceDeath(stage);
      if (stage.kind === 'condition' && random() < 0.5) talk(object, stage, random);
      if (random() < 0.2) await new Promise(setImmediate);
    }
    return late;
  },
  wait: (object, stage, command) => waits[stage.kind]?.(object, stage, command),
  tour: doomed(async (object, stage) => {
    for (;;) await tours[stage.kind]?.(object, stage.kind === 'semaphore' ? undefined : witness(stage));
  }),
  set: doomed((event) => event.set()),
  /** Arrives when all the others have, and dies in the action. */
  async doom(barrier, _stage, { style }) {
    doom();
    while (barrier.nWaiting < barrier.parties - 1) await sleep(1);
    return style === 'sync' ? barrier.waitSync() : barrier.wait();
  },
};

await runPart({
  async act({ object, stage }) {
    steps.onDeath = () => {
      stage.diedAt.view[0] = now();
    };
    say('ready');
    for await (const line of createInterface(process.stdin)) {
      const command = JSON.parse(line);
      say('begun');
      say((await acts[command.what]?.(object, stage, command)) ?? null);
    }
  },
});
