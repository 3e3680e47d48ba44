import { Event, Process, RawArray, Value } from 'brood';

/** Milliseconds on a clock that all processes share. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Runs `target(...args, place)` in one process for each list of arguments, all at the same moment: each waits in
 * `timed(place, action)` until all are there.
 * @returns {Promise<number>} milliseconds from the first that begins to the last that ends
 */
export async function timeTogether(target, argumentLists) {
  const [ready, go] = [new Value('i32'), new Event()];
  const [begins, ends] = [0, 1].map(() => new RawArray('f64', argumentLists.length));
  const processes = argumentLists.map((args, index) => {
    return new Process({ target, args: [...args, { ready, go, begins, ends, index }] });
  });
  for (const process of processes) process.start();
  while (ready.value < processes.length) await new Promise((resolve) => setTimeout(resolve, 5));
  go.set();
  for (const process of processes) {
    await process.join();
    if (process.exitCode !== 0) throw new Error(`${process.name} ended with exit code ${process.exitCode}`);
  }
  return Math.max(...ends.view) - Math.min(...begins.view);
}

/** In a process of `timeTogether`. */
export async function timed({ ready, go, begins, ends, index }, action) {
  ready.add(1);
  await go.wait();
  begins.view[index] = now();
  await action();
  ends.view[index] = now();
}
