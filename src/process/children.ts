import { KeepAlive } from '../util/keep-alive.ts';
import type { Child } from './child.ts';

/** How long a child that was asked to end at the end of the program has before it is killed, in milliseconds. */
const GRACE = 500;

/** A child process that runs, as the end of the program sees it. */
export interface LiveChild {
  readonly child: Child;
  /** What `activeChildren()` shows for it. */
  readonly owner: object;
  /** Daemons are ended when the program ends; the program waits for all others. */
  readonly isDaemon: boolean;
}

const live = new Set<LiveChild>();
let isWatchingExit = false;
let windingUp = 0;
const afterwards: Array<() => void> = [];

/** Lists a child until it has ended. One that is no daemon keeps the program alive as long. */
export function listChild(entry: LiveChild): void {
  watchExit();
  live.add(entry);
  const hold = entry.isDaemon ? undefined : KeepAlive.hold();
  void entry.child.ended.then(() => {
    live.delete(entry);
    hold?.[Symbol.dispose]();
  });
}

export function liveChildren(): LiveChild[] {
  return [...live].filter(({ child }) => !child.hasEnded);
}

/** The end of a program, in order: children that are no daemons are waited for, the others asked to end, then killed. */
export async function windUp(): Promise<void> {
  if (live.size === 0) return;
  await Promise.all(liveChildren().map(({ child, isDaemon }) => (isDaemon ? undefined : child.ended)));
  await endDaemons();
}

/** The program is ending: what ends now is not to be replaced. */
export function isWindingUp(): boolean {
  return windingUp > 0;
}

/** Calls back once when the winding up that is under way is over: a listener of `beforeExit` may have begun something new. */
export function afterWindingUp(act: () => void): void {
  afterwards.push(act);
}

async function endDaemons(): Promise<void> {
  using _hold = KeepAlive.hold();
  windingUp += 1;
  const daemons = liveChildren();
  for (const { child } of daemons) child.signal('SIGTERM');
  const timer = setTimeout(() => {
    for (const { child } of daemons) child.kill();
  }, GRACE);
  await Promise.all(daemons.map(({ child }) => child.ended));
  clearTimeout(timer);
  windingUp -= 1;
  if (windingUp > 0) return;
  for (const act of afterwards.splice(0)) act();
}

/**
 * `beforeExit`: nothing is pending, so only daemons and idle workers are left, and there is time to end them in order.
 * `exit`: process.exit() or an uncaught error; no time is left. The janitor kills what SIGTERM does not end.
 * A signal that kills this process runs neither: the janitor does it all.
 */
function watchExit(): void {
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.on('beforeExit', () => {
    // Other listeners come after this one, and what they begin is not to be ended.
    queueMicrotask(() => {
      if (!KeepAlive.isHeld && liveChildren().length > 0) void windUp();
    });
  });
  process.on('exit', () => {
    for (const { child } of liveChildren()) child.signal('SIGTERM');
  });
}
