import { Pool } from 'brood';
import { burn, edges, noop } from '../tasks.mjs';

const tasks = { burn, edges, noop };

export function open(workers) {
  const pool = new Pool(workers);
  return {
    run: (name, value) => pool.apply(tasks[name], [value]),
    async close() {
      pool.close();
      await pool.join();
    },
  };
}
