/** A program whose pool has nothing to do: prints its workers' process ids as JSON, and ends when stdin does. */
import { Pool } from 'brood';
import { noop } from '../tasks.mjs';
import { WORKERS } from '../work/open.mjs';

const pool = new Pool(WORKERS);
await Promise.all(Array.from({ length: 20 }, (_, n) => pool.apply(noop, [n])));
process.stdin.on('end', () => pool.terminate()).resume();
console.log(JSON.stringify(pool.workerPids));
