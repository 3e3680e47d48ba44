import type { JoinableQueue } from 'brood';
import { say } from '../support/children.js';
import { countSteps, steps } from '../support/killing-steps.js';
import { runPart } from '../support/shared.js';
import { applyTo, type Operation } from './operations.js';

// Does one operation after another, to be cut off at a chosen step.
await runPart({
  async tour({ queue, operations, killAt }: { queue: JoinableQueue; operations: Operation[]; killAt: number }) {
    countSteps();
    steps.killAt = killAt;
    for (const operation of operations) await applyTo(queue, operation);
    steps.killAt = Number.POSITIVE_INFINITY;
    say(steps.taken);
    process.exit();
  },
});
