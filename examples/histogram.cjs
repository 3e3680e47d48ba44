// Workers count into one array of shared memory; a lock keeps what they count apart.
const { Lock, Pool, SharedArray } = require('brood');
const { createHash } = require('node:crypto');

class Words {
  constructor(seed, count) {
    this.seed = seed;
    this.count = count;
  }
  *[Symbol.iterator]() {
    for (let i = 0; i < this.count; i += 1) yield createHash('md5').update(`${this.seed} ${i}`).digest('hex');
  }
}

async function main() {
  const pool = new Pool(2);
  const lock = new Lock();
  const totals = new SharedArray('i32', 16);
  const parts = [1, 2, 3, 4].map((seed) => new Words(seed, 500));
  await pool.map(async (words) => {
    const own = new Array(16).fill(0);
    for (const word of words) own[Number.parseInt(word[0], 16)] += 1;
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
