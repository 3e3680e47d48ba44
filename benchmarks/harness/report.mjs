/**
 * What a measuring program says to the harness: its number, as the last line of stdout. Then it ends, whatever a pool
 * has left open.
 * @param {number} value in the unit of the row
 * @param {{ close(): unknown }} [pool] closed first, so that nothing is left behind
 */
export async function report(value, pool) {
  console.log(value);
  await pool?.close();
  process.exit();
}

/** Ends the program with the word that a part of the library, or another package, is not there. */
export function reportMissing(what) {
  console.log(`missing ${what}`);
  process.exit();
}
