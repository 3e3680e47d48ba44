// Some inputs take for ever: they are stopped, and the others are not.
import { Pool, TaskTimeoutError } from 'brood';

/** The Collatz sequence, with a mistake for multiples of five. */
function steps(n) {
  let count = 0;
  for (let it = n; it !== 1; it = it % 2 === 0 ? it / 2 : 3 * it + (n % 5 === 0 ? 0 : 1)) count += 1;
  return count;
}

async function main() {
  const pool = new Pool(2);
  const inputs = [6, 7, 15, 27];
  const outcomes = await pool.mapSettled(steps, inputs, { timeout: 1000, grace: 100 });
  outcomes.forEach((outcome, i) => {
    if (outcome.status === 'fulfilled') console.log(inputs[i], 'takes', outcome.value, 'steps');
    else console.log(inputs[i], outcome.reason instanceof TaskTimeoutError ? 'ran out of time' : outcome.reason);
  });
  pool.close();
}

main();
