/** Two, as the machines of continuous integration have cores. */
export const WORKERS = 2;

/**
 * The pool that `peers/<name>.mjs` opens, started and warm.
 * @param {'json' | 'advanced'} serialization for pools on Node's IPC: JSON is the faster for small values, but has no
 * binary data
 */
export async function openPool(name, { serialization = 'json', warmUp = 2000 } = {}) {
  const { open } = await import(`../peers/${name}.mjs`);
  const pool = await open(WORKERS, { serialization });
  await Promise.all(Array.from({ length: warmUp }, (_, n) => pool.run('noop', n)));
  return pool;
}
