/** Microseconds from set() to the waiter in another process: `node event-wake.mjs sync|async <rounds>`. */
import { Event, isMain } from 'brood';
import { report } from '../harness/report.mjs';
import { timed, timeTogether } from './crew.mjs';

/** Two processes wake each other in turn; who begins does not wait first. */
export function wakeInTurn(mine, other, begins, style, rounds, place) {
  return timed(place, async () => {
    if (begins) other.set();
    for (let n = 0; n < rounds; n += 1) {
      if (style === 'async') await mine.wait();
      else mine.waitSync();
      mine.clear();
      if (!begins || n < rounds - 1) other.set();
    }
  });
}

if (isMain(import.meta)) {
  const [style, rounds] = [process.argv[2], Number(process.argv[3])];
  const [a, b] = [new Event(), new Event()];
  const milliseconds = await timeTogether(wakeInTurn, [
    [a, b, true, style, rounds],
    [b, a, false, style, rounds],
  ]);
  await report((milliseconds * 1000) / (2 * rounds));
}
