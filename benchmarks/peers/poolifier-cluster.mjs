import { fileURLToPath } from 'node:url';
import { FixedClusterPool } from 'poolifier';

/**
 * Child processes. Without its tasks queue, which it is faster without. The worker is CommonJS: one that is an ES module
 * misses the first message on Node 20 and the pool waits for it without end.
 */
export function open(workers, { serialization }) {
  const pool = new FixedClusterPool(workers, fileURLToPath(new URL('workers/poolifier-cluster.cjs', import.meta.url)), {
    enableEvents: false,
    settings: { serialization },
  });
  return {
    run: (name, value) => pool.execute(value, name),
    close: () => pool.destroy(),
  };
}
