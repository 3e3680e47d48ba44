import { inheritArena } from '../dist/memory/current-arena.js';
import { bytesHandle } from '../dist/shared-memory/shared-bytes.js';
import { eventHandle } from '../dist/synchronize/event-handle.js';
import { lockHandle } from '../dist/synchronize/lock-handles.js';

inheritArena(3);
const [part, json] = process.argv.slice(2);
const input = JSON.parse(json);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const parts = {
  async contend({ lock, go, times }) {
    const [mutex, start] = [lockHandle.decode(lock), eventHandle.decode(go)];
    say('ready');
    await start.wait();
    for (let n = 0; n < times; n += 1) {
      mutex.acquireSync();
      mutex.release();
    }
    say('done');
  },
  /** Two processes wake each other in turn. */
  async handOver({ events, side, times, style }) {
    const [mine, other] = [events[side], events[1 - side]].map((event) => eventHandle.decode(event));
    say('ready');
    for (let n = 0; n < times; n += 1) {
      if (style === 'async') await mine.wait();
      else mine.waitSync();
      mine.clear();
      other.set();
    }
    say('done');
  },
  receive({ views }) {
    const start = performance.now();
    for (const view of views) bytesHandle.decode(view);
    say(((performance.now() - start) * 1e6) / views.length);
  },
};
await parts[part](input);
