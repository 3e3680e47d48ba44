import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRandom } from '../support/random.js';
import { type Program, World } from './model-world.js';

export interface Scenario {
  /** Called once per run: programs share the state of its closure, which is the sequential model. */
  create(): {
    programs: Program[];
    /** Before the first step. */
    prepare?(world: World): void;
    /** Default: anybody may be killed. */
    mayKill?(index: number): boolean;
    /** After a kill, before anybody takes another step. */
    onKill?(world: World, index: number): void;
    /** After the last. */
    check(world: World): void;
  };
}

export interface Bounds {
  /** How often a party that could go on may be interrupted. */
  preemptions: number;
  kills: number;
}

/** What happens next: a party goes on, is killed, or its time runs out. */
type Decision = number;
const KILL = 100;
const EXPIRE = 200;

/** More steps than this mean that somebody goes round in circles. */
const STEP_LIMIT = 3000;
/** So many rounds of waking up in vain prove that nobody ever will. */
const PATIENCE = 20;

/** What a run leaves to the event loop is let go after so many of them. */
const RUNS_PER_TURN = 100;

/** Tries every schedule within the bounds, depth first. Resolves to how many there were. */
export async function exploreAll(
  scenario: Scenario,
  bounds: Bounds,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<number> {
  let prefix: number[] = [];
  let runs = 0;
  for (;;) {
    const taken: Array<{ choice: number; options: number }> = [];
    run(scenario, bounds, (options) => {
      const choice = prefix[taken.length] ?? 0;
      taken.push({ choice, options });
      return choice;
    });
    runs += 1;
    if (runs % RUNS_PER_TURN === 0) await nextTurn();
    while (
      taken.length > 0 &&
      (taken.at(-1) as { choice: number; options: number }).choice + 1 >= (taken.at(-1) as { options: number }).options
    )
      taken.pop();
    const last = taken.pop();
    if (last === undefined || runs >= limit) return runs;
    prefix = [...taken.map(({ choice }) => choice), last.choice + 1];
  }
}

/** Random schedules, switching and killing now and then. */
export async function exploreAtRandom(scenario: Scenario, bounds: Bounds, runs: number, seed: number): Promise<void> {
  for (let index = 0; index < runs; index += 1) {
    if (index % RUNS_PER_TURN === 0) await nextTurn();
    const random = createRandom(seed + index);
    try {
      run(scenario, bounds, (options) => (random() < 0.6 ? 0 : Math.floor(random() * options)));
    } catch (error) {
      throw new Error(`in the schedule of BROOD_SEED=${seed + index}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function run(scenario: Scenario, bounds: Bounds, choose: (options: number) => number): void {
  const { programs, prepare, mayKill, onKill, check } = scenario.create();
  const world = new World(programs);
  prepare?.(world);
  const story: Decision[] = [];
  let last = 0;
  let preemptions = 0;
  let vain = 0;
  try {
    for (let steps = 0; ; steps += 1) {
      if (steps > STEP_LIMIT) throw new Error('nobody gets on');
      const ready = world.parties.filter((party) => party.state === 'ready').map((party) => party.index);
      if (ready.length === 0) {
        if (world.parties.every((party) => party.isOver)) break;
        vain += 1;
        passTime(world, vain);
        continue;
      }
      const decisions = possibleDecisions(
        world,
        ready,
        last,
        preemptions < bounds.preemptions,
        world.kills < bounds.kills,
        mayKill,
      );
      const decision = decisions[decisions.length === 1 ? 0 : choose(decisions.length)] as Decision;
      story.push(decision);
      const party = world.parties[decision % 100] as World['parties'][number];
      if (decision >= EXPIRE) {
        preemptions += 1;
        world.clock = Math.max(world.clock, party.sleep?.until ?? 0);
        party.wake();
        continue;
      }
      if (decision >= KILL) {
        world.kill(party);
        onKill?.(world, party.index);
        vain = 0;
        continue;
      }
      if (decision !== last && ready.includes(last)) preemptions += 1;
      last = decision;
      party.step();
    }
    for (const party of world.parties) if (party.error !== undefined) throw party.error;
    check(world);
  } catch (error) {
    const states = world.parties.map((party) => `${party.index}: ${party.state} after ${party.steps}`).join(', ');
    throw new Error(`${(error as Error).message}; ${states}; schedule ${story.join(' ')}`, { cause: error });
  }
}

/** The first is to go on as before. */
function possibleDecisions(
  world: World,
  ready: number[],
  last: number,
  maySwitch: boolean,
  mayKillNow: boolean,
  mayKill: (index: number) => boolean = () => true,
): Decision[] {
  const isLastReady = ready.includes(last);
  const decisions: Decision[] = isLastReady ? [last] : [...ready];
  if (isLastReady && maySwitch) decisions.push(...ready.filter((index) => index !== last));
  if (maySwitch) {
    for (const party of world.parties)
      if (party.usesDeadline && party.sleep !== undefined) decisions.push(EXPIRE + party.index);
  }
  // A party that sleeps is killed as well as one that runs; one that has yet to begin is not worth it.
  if (mayKillNow)
    decisions.push(
      ...world.parties
        .filter((party) => !party.isOver && party.steps > 0 && mayKill(party.index))
        .map((party) => KILL + party.index),
    );
  return decisions;
}

/** Nobody can go on. Without a death nobody ever may need a clock; after one, blocked waiters look around now and then. */
function passTime(world: World, vain: number): void {
  const sleepers = world.parties.filter((party) => party.sleep !== undefined && Number.isFinite(party.sleep.until));
  const isExpected = world.kills > 0 || sleepers.some((party) => party.usesDeadline);
  if (!isExpected || sleepers.length === 0 || vain > PATIENCE) throw new Error('a wake-up was lost: everybody waits');
  world.clock = Math.min(...sleepers.map((party) => party.sleep?.until ?? 0));
  for (const party of sleepers) if ((party.sleep?.until ?? 0) <= world.clock) party.wake();
}
