import { say } from '../support/children.js';
import { runPart } from '../support/shared.js';
import { makeAndDrop } from './disposables.js';

await runPart({
  async makeAndDrop({ what, count }) {
    say(await makeAndDrop(what, count));
  },
});
