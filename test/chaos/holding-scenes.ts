import assert from 'node:assert/strict';
import type { Condition, Lock, Semaphore } from 'brood';
import { readTaskStatus } from '#dist/os/native/task-status.js';
import { anyStyle, blockedStyle, type Cast, linger, type Scene } from './scene.js';
import { halt, now, type Passed, pass, sinceDeath, UNITS } from './stage.js';

type Holdable = Lock | Semaphore | Condition;

const unitsOf = ({ stage }: Cast): number => (stage.kind === 'semaphore' ? UNITS : 1);

/** Killed while it has all there is: those who wait get it, and so many are told as there is to inherit. */
export const killedHolding: Scene<Holdable> = async (object, cast) => {
  const { victim, peers, stage, random } = cast;
  await victim.do('take', { style: anyStyle(random) });
  const begun = await Promise.all(peers.map((peer) => peer.begin('pass', { style: anyStyle(random) })));
  await linger(random);
  victim.kill();
  const killedAt = stage.diedAt.view[0] as number;
  const passed: Passed[] = [await pass(object, stage, blockedStyle(cast))];
  for (const { answer } of begun) passed.push(await answer);
  assert.equal(passed.filter(({ ownerDied }) => ownerDied).length, unitsOf(cast), JSON.stringify(passed));
  return passed.map(({ at }) => at - killedAt);
};

/** Killed while it waits, about when what it waits for is given back: the other one who waits gets it. */
export const killedWaiting: Scene<Holdable> = async (object, cast) => {
  const { victim, peers, stage, random } = cast;
  for (let units = unitsOf(cast); units > 0; units -= 1) assert.equal(object.tryAcquire(), true);
  await victim.begin('take', { style: anyStyle(random) });
  const { answer } = await peers[0].begin('pass', { style: anyStyle(random) });
  await linger(random);
  const giveBack = (): void => {
    for (let units = unitsOf(cast); units > 0; units -= 1) object.release();
  };
  const isKilledFirst = random() < 0.5;
  if (isKilledFirst) victim.kill();
  giveBack();
  if (!isKilledFirst) victim.kill();
  const since = now();
  const mine = await pass(object, stage, blockedStyle(cast));
  const other: Passed = await answer;
  if (isKilledFirst) assert.deepEqual([mine.ownerDied, other.ownerDied], [false, false]);
  return [mine.at - since, Math.max(0, other.at - since)];
};

/** Killed at a step inside some call, among others who use it all the time. */
export const killedInside: Scene<Holdable> = async (object, cast) => {
  const { victim, peers, stage, random, steps } = cast;
  const churning = await Promise.all(
    peers.map((peer) => peer.begin('churn', { seed: Math.floor(random() * 2 ** 31) })),
  );
  await victim.begin('tour', { killAt: 1 + Math.floor(random() * steps * 2) });
  let late: number | undefined;
  // Blocked, this process could not hear of the death: it looks.
  while (late === undefined || readTaskStatus(victim.pid)?.isDead === false) {
    await pass(object, stage, blockedStyle(cast));
    if (stage.diedAt.view[0] !== 0) late ??= sinceDeath(stage);
    if (!cast.isBlocked) await new Promise(setImmediate);
  }
  halt(stage);
  const others: number[] = [];
  for (const { answer } of churning) others.push(await answer);
  return [late, ...others];
};
