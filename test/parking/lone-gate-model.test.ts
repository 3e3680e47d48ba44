import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoneGate, wakeLone } from '#dist/parking/lone-gate.js';
import { scaled, seed } from '../support/seed.js';
import { exploreAll, exploreAtRandom, type Scenario } from './explore.js';
import { type ModelEnvironment, OBJECTS } from './model-world.js';

/** A ring with room for one: how many were written and read, and where reader and writer wait. */
const TAIL = OBJECTS;
const HEAD = OBJECTS + 1;
const NEWS_GATE = OBJECTS + 2;
const ROOM_GATE = OBJECTS + 3;
const WRITER = 0;
const READER = 1;

type Style = 'blocking' | 'listening';

function scenario(writerStyle: Style, readerStyle: Style, count: number): Scenario {
  return {
    create: () => ({
      programs: [
        (env) => {
          const reader = env.parties.at(READER) ?? assert.fail();
          const hasRoom = (): boolean => env.words.load(TAIL) === env.words.load(HEAD);
          for (let n = 1; n <= count; n += 1) {
            if (!hasRoom() && !waitAt(env, ROOM_GATE, writerStyle, hasRoom, READER)) return;
            env.words.store(TAIL, n);
            wakeLone(env.words, env.parties, env.calls, NEWS_GATE, reader);
          }
        },
        (env) => {
          const writer = env.parties.at(WRITER) ?? assert.fail();
          const hasNews = (): boolean => env.words.load(TAIL) !== env.words.load(HEAD);
          for (let n = 1; n <= count; n += 1) {
            if (!hasNews() && !waitAt(env, NEWS_GATE, readerStyle, hasNews, WRITER)) return;
            env.words.store(HEAD, n);
            wakeLone(env.words, env.parties, env.calls, ROOM_GATE, writer);
          }
        },
      ],
      check({ memory, parties }) {
        // A reader that is left has read all that was written, also by one that was killed.
        if (!parties[READER]?.isKilled) assert.equal(memory[HEAD], memory[TAIL]);
        if (parties.every((party) => !party.isKilled)) assert.equal(memory[HEAD], count);
      },
    }),
  };
}

/** False once the other is dead, and there is no news: a channel hears of that by its socket. */
function waitAt(env: ModelEnvironment, at: number, style: Style, hasNews: () => boolean, peer: number): boolean {
  const gate = new LoneGate(env.words, env.calls, at);
  const isPeerDead = (): boolean => env.peek(() => env.isKilled(peer));
  if (style === 'blocking') {
    while (!gate.block(hasNews, 100)) if (isPeerDead()) return hasNews();
    return true;
  }
  while (!isPeerDead()) {
    if (!gate.listen(hasNews)) return true;
    do env.turn();
    while (!gate.isWoken && !isPeerDead());
    if (hasNews()) return true;
  }
  return hasNews();
}

const STYLES: readonly Style[] = ['blocking', 'listening'];

for (const writer of STYLES) {
  for (const reader of STYLES) {
    test(`a ${writer} writer and a ${reader} reader lose no wake-up, whenever they are interrupted or killed`, async () => {
      const whole = await exploreAll(scenario(writer, reader, 2), { preemptions: 3, kills: 0 }, scaled(20_000));
      const killed = await exploreAll(scenario(writer, reader, 2), { preemptions: 2, kills: 1 }, scaled(20_000));
      assert.ok(whole > 100 && killed > 100, `${whole} and ${killed} schedules`);
      await exploreAtRandom(scenario(writer, reader, 6), { preemptions: 40, kills: 1 }, scaled(300), seed);
    });
  }
}
