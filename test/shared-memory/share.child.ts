import { createInterface } from 'node:readline';
import { share } from '#dist/shared-memory/share.js';
import { say } from '../support/children.js';
import { decode, encode, runPart } from '../support/shared.js';

await runPart({
  /** Sends back a view cut from what came. */
  cut({ view }) {
    say(encode({ cut: view.subarray(10, 20) }));
  },
  write({ view }) {
    view[0] = 42;
    say('done');
  },
  async keep() {
    say('ready');
    let view: Uint8Array | undefined;
    for await (const line of createInterface(process.stdin)) {
      const message = JSON.parse(line);
      if (message === 'sum') say(view?.reduce((a, b) => a + b));
      else if (message === 'drop') {
        view = undefined;
        for (let n = 0; n < 10; n += 1) {
          (globalThis as unknown as { gc(): void }).gc();
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        say('dropped');
      } else {
        view = decode(message);
        say('kept');
      }
    }
  },
  hoard({ count }) {
    const hoard = Array.from({ length: count }, () => share(new Uint8Array(2 ** 20).fill(1)));
    say('done');
    setInterval(() => hoard.length, 1e6);
  },
});
