import { say } from '../support/children.js';
import { countSteps, steps } from '../support/killing-steps.js';
import { runPart } from '../support/shared.js';
import '#dist/connection/index.js';

// One tour through every call of an end, to be cut off at a chosen step.
await runPart({
  async tour({ end, killAt }) {
    countSteps();
    steps.killAt = killAt;
    await end.sendBytes(new Uint8Array(100).fill(1));
    await end.sendBytes(new Uint8Array(200_000).fill(2));
    await end.send({ passed: [end] });
    await end.recvBytes();
    await end.recvBytes();
    await end.poll();
    await end.recv({ timeout: 3 }).catch(() => {});
    end.close();
    steps.killAt = Number.POSITIVE_INFINITY;
    say(steps.taken);
    process.exit();
  },
});
