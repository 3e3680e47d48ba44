import { fileURLToPath } from 'node:url';
import { FixedThreadPool } from 'poolifier';

/** Worker threads. Without its tasks queue, which it is faster without. */
export function open(workers) {
  const pool = new FixedThreadPool(workers, fileURLToPath(new URL('workers/poolifier-thread.mjs', import.meta.url)), {
    enableEvents: false,
  });
  return {
    run: (name, value) => pool.execute(value, name),
    close: () => pool.destroy(),
  };
}
