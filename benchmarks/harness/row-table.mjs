import { figure, times } from './figures.mjs';
import { describeGoal, judge } from './goal.mjs';

/** What came of one party: its figures, or the word why there are none. */
export function outcomeOf({ values, missing, failure, isOptional }) {
  if (failure !== undefined) return 'failed';
  if (missing !== undefined) return isOptional ? `not installed: ${missing}` : `not there yet: ${missing}`;
  return values.length === 0 ? 'not measured' : undefined;
}

/** One measured row for the terminal. */
export function printRow(row) {
  const { title, unit, better, results } = row;
  const width = Math.max(...results.map(({ name }) => name.length));
  const ours = results.find(({ name }) => name === 'brood')?.median;
  const lines = results.map((it) => {
    const said = outcomeOf(it);
    if (said !== undefined) return `  ${it.name.padEnd(width)}  ${said}`;
    const range = `${figure(it.min)} – ${figure(it.max)}`;
    const ratio = it.name === 'brood' || ours === undefined || it.median === 0 ? '' : times(ours / it.median);
    return `  ${it.name.padEnd(width)}  ${figure(it.median).padStart(11)}  ${range.padEnd(25)} ${ratio.padStart(8)}`;
  });
  console.log(`${row.name}: ${title} (${unit}, ${better} is better)\n${lines.join('\n')}`);
  for (const goal of row.goals) console.log(`  ${describeVerdict(goal, row)}`);
  for (const { name, failure } of results) if (failure !== undefined) console.log(`\n${name} failed:\n${failure}`);
  console.log();
}

function describeVerdict(goal, row) {
  const judged = judge(goal, row);
  const wanted = `goal ${describeGoal(goal, row.unit)}${goal.against === undefined ? '' : ` of ${goal.against}`}`;
  if (judged === null) return `${wanted}: not measured`;
  const { other, value, isMet } = judged;
  const is = other === undefined ? figure(value) : `${times(value)} (${other.name})`;
  return `${wanted}: ${is}, ${isMet ? 'met' : 'NOT MET'}`;
}
