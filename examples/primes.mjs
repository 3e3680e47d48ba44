// How many primes there are below some numbers, on all cores.
import { Pool } from 'brood';

function isPrime(n) {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) if (n % divisor === 0) return false;
  return n > 1;
}

async function main() {
  const pool = new Pool();
  const step = 25_000;
  const starts = Array.from({ length: 8 }, (_, i) => i * step);
  const counts = await pool.map((start) => {
    let count = 0;
    for (let n = start; n < start + step; n += 1) if (isPrime(n)) count += 1;
    return count;
  }, starts);
  console.log(
    counts.reduce((sum, count) => sum + count, 0),
    'primes below',
    step * starts.length,
  );
  pool.close();
}

main();
