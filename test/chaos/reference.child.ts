/** A pool that has just begun, in a program of its own: each message asks for a burst of so many milliseconds. */
import { Pool } from 'brood';
import { burst } from './burst.js';

const pool = new Pool(2);
process.on('message', async (length: number) => process.send?.(await burst(pool, length)));
process.on('disconnect', () => pool.terminate());
