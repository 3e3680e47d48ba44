/** The order in which rows run and stand in tables. A new row is a file in rows/ and a name here. */
export const ROWS = [
  'tasks',
  'tasks-windowed',
  'round-trip',
  'map',
  'map-again',
  'large-argument',
  'shared-argument',
  'lock',
  'lock-contended',
  'lock-hand-over',
  'event-wake',
  'queue',
  'pipe',
  'start',
  'start-spare',
  'first-use',
  'plain-calls',
  'cpu-tasks',
  'terminate',
  'idle-memory',
  'idle-wake-ups',
];

/** @returns what rows/<name>.mjs describes, with its name */
export async function loadRow(name) {
  const { row } = await import(`../rows/${name}.mjs`);
  return { name, ...row };
}
