// Workers count into one array of shared memory; a lock keeps what they count apart.

import { createHash } from 'node:crypto';
import { Lock, Pool, SharedArray } from 'brood';

class Words {
  readonly seed: number;
  readonly count: number;

  constructor(seed: number, count: number) {
    this.seed = seed;
    this.count = count;
  }
  *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.count; i += 1) yield createHash('md5').update(`${this.seed} ${i}`).digest('hex');
  }
}

async function main(): Promise<void> {
  const pool = new Pool(2);
  const lock = new Lock();
  const totals = new SharedArray('i32', 16);
  const parts = [1, 2, 3, 4].map((seed) => new Words(seed, 500));
  await pool.map(async (words: Words) => {
    const own = new Array<number>(16).fill(0);
    for (const word of words) own[Number.parseInt(word.slice(0, 1), 16)] += 1;
    await lock.acquire();
    own.forEach((count, i) => {
      totals.view[i] += count;
    });
    lock.release();
  }, parts);
  console.log(
    'words:',
    totals.view.reduce((sum, count) => sum + count, 0),
  );
  pool.close();
}

main();
