import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Barrier, type Condition, Event } from 'brood';
import { anyStyle, blockedStyle, type Cast, linger, type Scene } from './scene.js';
import { isOver, now, sinceDeath } from './stage.js';

/** The one notification may have been the victim's, who did not take it up: then it is the other one's. */
export const killedNotified: Scene<Condition> = async (condition, { victim, peers, random, isBlocked }) => {
  await victim.begin('wait', { style: anyStyle(random) });
  const { answer } = await peers[0].begin('wait', { style: anyStyle(random) });
  await linger(random);
  // Stopped, it cannot take anything up.
  process.kill(victim.pid, 'SIGSTOP');
  const notify = async (): Promise<void> => {
    using _held = isBlocked ? condition.holdSync() : await condition.hold();
    condition.notify();
  };
  const isKilledFirst = random() < 0.3;
  if (isKilledFirst) victim.kill();
  await notify();
  if (!isKilledFirst) victim.kill();
  const since = now();
  if (isBlocked) new Event().waitSync(150);
  const { at, isNotified } = await answer;
  assert.equal(isNotified, true);
  return [Math.max(0, at - since)];
};

/** Killed while it waits: the others hear of the event all the same. */
export const killedWaitingForEvent: Scene<Event> = async (event, cast) => {
  const { victim, peers, random } = cast;
  await victim.begin('wait', { style: anyStyle(random) });
  const begun = await Promise.all(peers.map((peer) => peer.begin('wait', { style: anyStyle(random) })));
  await linger(random);
  victim.kill();
  if (cast.isBlocked) event.waitSync(random() * 20);
  const since = now();
  event.set();
  const late: number[] = [];
  for (const { answer } of begun) late.push(Math.max(0, (await answer).at - since));
  return late;
};

/** Killed at some step of `set()`: either it is set, and all who wait go on, or it is not. */
export const killedSetting: Scene<Event> = async (event, cast) => {
  const { victim, peers, stage, random } = cast;
  const begun = await Promise.all(peers.map((peer) => peer.begin('wait', { style: anyStyle(random) })));
  await linger(random);
  await victim.begin('set', { killAt: 1 + Math.floor(random() * STEPS_OF_SET * 2) });
  if (cast.isBlocked) event.waitSync(150);
  else while (!isOver(stage)) await sleep(1);
  await victim.ended();
  let since = stage.diedAt.view[0] as number;
  if (!event.isSet()) {
    since = now();
    event.set();
  }
  const late: number[] = [];
  for (const { answer } of begun) late.push(Math.max(0, (await answer).at - since));
  return late;
};

/** A few more than it has, so that it is also killed when it is through. */
const STEPS_OF_SET = 24;

/** Killed at a step inside some call, while others wait. */
export const killedTouring: Scene<Event | Barrier> = async (object, cast) => {
  const { victim, peers, stage, random, steps } = cast;
  const begun = await Promise.all(peers.map((peer) => peer.begin('wait', { style: anyStyle(random) })));
  await victim.begin('tour', { killAt: 1 + Math.floor(random() * steps * 2) });
  if (!cast.isBlocked) await victim.ended();
  while (!isOver(stage)) await waitBriefly(object);
  await victim.ended();
  // What ends a wait in any case; some may have ended by what the victim did.
  const since = now();
  if ('set' in object) object.set();
  else object.abort();
  const late: number[] = [];
  for (const { answer } of begun) late.push(Math.max(0, (await answer).at - since));
  return late;
};

async function waitBriefly(object: Event | Barrier): Promise<void> {
  try {
    object.waitSync(5);
  } catch (error) {
    assert.equal((error as Error).name, 'BrokenBarrierError');
    await new Promise(setImmediate);
  }
}

/** Killed while it waits: the round breaks at once for all the others. */
export const killedWaitingAtBarrier: Scene<Barrier> = async (barrier, cast) => {
  const { victim, peers, stage, random } = cast;
  await victim.begin('wait', { style: anyStyle(random) });
  const begun = [await peers[0].begin('wait', { style: anyStyle(random) })];
  while (barrier.nWaiting < 2) await sleep(1);
  await linger(random);
  victim.kill();
  const late = [await hearOfBreak(barrier, cast)];
  for (const { answer } of begun) late.push(await lateness(answer, stage.diedAt.view[0] as number));
  return late;
};

/** Killed in the action, with all the others there: as much a break. */
export const killedInAction: Scene<Barrier> = async (barrier, cast) => {
  const { victim, peers, stage, random } = cast;
  const begun = await Promise.all(peers.map((peer) => peer.begin('wait', { style: anyStyle(random) })));
  while (barrier.nWaiting < 2) await sleep(1);
  await linger(random);
  await victim.begin('doom', { style: anyStyle(random) });
  const late = [await hearOfBreak(barrier, cast)];
  for (const { answer } of begun) late.push(await lateness(answer, stage.diedAt.view[0] as number));
  return late;
};

/** Waits at the barrier itself until it breaks; how long after the death that was. */
async function hearOfBreak(barrier: Barrier, cast: Cast): Promise<number> {
  const style = blockedStyle(cast);
  await assert.rejects(async () => (style === 'sync' ? barrier.waitSync() : await barrier.wait()), {
    name: 'BrokenBarrierError',
  });
  return Math.max(0, sinceDeath(cast.stage));
}

async function lateness(answer: Promise<{ at: number; error?: string }>, since: number): Promise<number> {
  const { at, error } = await answer;
  assert.equal(error, 'BrokenBarrierError');
  return Math.max(0, at - since);
}
