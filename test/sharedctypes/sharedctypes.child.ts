import { say } from '../support/children.js';
import { runPart } from '../support/shared.js';

await runPart({
  add({ value, delta, times }) {
    for (let n = 0; n < times; n += 1) value.add(typeof value.value === 'bigint' ? BigInt(delta) : delta);
    say('done');
  },
  async fill({ array, bytes }) {
    using _ = await array.hold();
    array.view.fill(7);
    bytes.fill(9);
    say({ length: array.length, sum: bytes.reduce((a: number, b: number) => a + b) });
  },
});
