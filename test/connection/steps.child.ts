import { Lock, share } from 'brood';
import { pipe } from 'brood/connection';
import { say } from '../support/children.js';
import { countSteps, die, steps } from '../support/killing-steps.js';
import { runPart } from '../support/shared.js';

// One tour through every call of an end, to be cut off at a chosen step.
await runPart({
  async tour({ end, killAt }) {
    countSteps();
    steps.killAt = killAt;
    await end.sendBytes(new Uint8Array(100).fill(1));
    await end.sendBytes(new Uint8Array(200_000).fill(2));
    await end.send({ passed: [end], also: [new Lock(), share(new Uint8Array(1000))] });
    await end.recvBytes();
    await end.recvBytes();
    await end.poll();
    await end.recv({ timeout: 3 }).catch(() => {});
    end.close();
    steps.killAt = Number.POSITIVE_INFINITY;
    say(steps.taken);
    process.exit();
  },

  /** A pipe of its own, full of what it will never read, with an end of another pipe in it; then it is gone. */
  async leave({ end, other }) {
    const [here, there] = pipe();
    await here.sendBytes(new Uint8Array(200_000));
    await here.send({ end, other, own: [new Lock(), share(new Uint8Array(1000))], text: 'x'.repeat(50_000) });
    await there.send({ end, other });
    die();
  },
});
