import { say } from '../support/children.js';
import { countSteps, steps } from '../support/killing-steps.js';
import { runPart } from '../support/shared.js';
import { tours } from './tours.js';

await runPart({
  async tour({ kind, object, killAt }) {
    countSteps();
    steps.killAt = killAt;
    await tours[kind]?.(object);
    steps.killAt = Number.POSITIVE_INFINITY;
    say(steps.taken);
    process.exit();
  },
});
