import { measure } from './measure.mjs';
import { summarize } from './statistics.mjs';

/**
 * Measures every party of a row once per round, in turn, so that what else the machine does meets all alike.
 * @param {object} row
 * @param {import('./party.mjs').Party[]} parties those of the row that take part
 * @param {{ rounds: number, size: number[], environment: NodeJS.ProcessEnv, onMeasured?: () => void }} options
 * @returns per party its name and group, and either its values and their summary or why there are none
 */
export async function runRounds(parties, { rounds, size, environment, onMeasured }) {
  const entries = parties.map((party) => ({ party, values: [], missing: undefined, failure: undefined }));
  for (let round = 0; round < rounds; round += 1) {
    for (const entry of entries) {
      if (entry.missing !== undefined || entry.failure !== undefined) continue;
      try {
        const { value, missing } = await measure(entry.party, size, environment);
        if (missing !== undefined) entry.missing = missing;
        else entry.values.push(value);
      } catch (error) {
        entry.failure = error.message;
      }
      onMeasured?.();
    }
  }
  return entries.map(({ party, values, missing, failure }) => ({
    name: party.name,
    group: party.group,
    isOptional: party.isOptional === true,
    missing,
    failure,
    values,
    ...(failure === undefined && values.length > 0 ? summarize(values) : {}),
  }));
}
