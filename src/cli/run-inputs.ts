import type { HaltPolicy } from './halt.ts';
import { type Lanes, runLanes } from './lanes.ts';
import { inOrder, passThrough } from './line-order.ts';
import { formatOutcome, type Outcome } from './outcome.ts';
import type { Progress } from './progress.ts';
import type { Tally } from './tally.ts';

/** Failures told on stderr one by one; all are in the output. */
const FAILURES_TOLD = 10;

export interface InputRun extends Omit<Lanes, 'settle'> {
  readonly isOrdered: boolean;
  readonly halt: HaltPolicy | null;
  readonly tally: Tally;
  readonly progress: Progress;
  readonly write: (line: string) => Promise<void> | undefined;
}

/** Runs the inputs, counts and writes what becomes of them, and halts as told. Everything that is known is written when it settles. */
export async function runInputs({ isOrdered, halt, tally, progress, write, ...lanes }: InputRun): Promise<void> {
  const order = isOrdered ? inOrder(write) : passThrough(write);
  // What waits for an earlier line would else wait for one that is being killed.
  lanes.stop.killed.addEventListener('abort', () => order.flush(), { once: true });

  const settle = (outcome: Outcome): Promise<void> | undefined => {
    tally.done += 1;
    const written = order.add(outcome.job.index, formatOutcome(outcome));
    if (outcome.kind === 'failed') {
      tally.failed += 1;
      tellFailure(outcome, tally.failed, progress);
      if (tally.failed === halt?.failures) {
        if (halt.when === 'now') lanes.stop.kill({ kind: 'halted' });
        else lanes.stop.drain({ kind: 'halted' });
      }
    }
    return written;
  };

  await runLanes({ ...lanes, settle });
  order.flush();
}

function tellFailure(outcome: Outcome & { kind: 'failed' }, count: number, progress: Progress): void {
  if (count > FAILURES_TOLD) return;
  const { name, message } = outcome.failure;
  const input = JSON.stringify(outcome.job.input);
  const shown = input.length > 100 ? `${input.slice(0, 99)}…` : input;
  progress.note(`failed: ${shown}: ${name}: ${message.split('\n')[0]}`);
  if (count === FAILURES_TOLD) progress.note('failed: more inputs may fail; the output has them all');
}
