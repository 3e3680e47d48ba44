import { ExitStatus } from './exit-status.ts';
import type { RunStop } from './run-stop.ts';

/** How long running tasks may go on after the first Ctrl-C. */
const GRACE = 2000;
/** Under `npx` and `npm run` one Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const SAME_PRESS = 30;

const STATUS = { SIGINT: ExitStatus.interrupted, SIGTERM: ExitStatus.terminated } as const;

/**
 * The first SIGINT or SIGTERM drains the run, and kills it once the grace is over; the second calls `exitAtOnce`.
 * `onFirst` is called as soon as another signal would be taken for a second press. Disposing stops listening.
 */
export function watchInterrupts(
  stop: RunStop,
  onFirst: () => void,
  exitAtOnce: (status: ExitStatus) => void,
): Disposable {
  const timers: NodeJS.Timeout[] = [];
  let firstAt: number | null = null;
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (firstAt !== null) {
      if (performance.now() - firstAt >= SAME_PRESS) exitAtOnce(STATUS[signal]);
      return;
    }
    firstAt = performance.now();
    const reason = { kind: 'interrupted', signal } as const;
    timers.push(
      setTimeout(() => stop.kill(reason), GRACE),
      setTimeout(onFirst, SAME_PRESS + 1),
    );
    stop.drain(reason);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    [Symbol.dispose]() {
      timers.forEach(clearTimeout);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
