/**
 * What a row wants of brood: its median as a multiple of another's, or as such.
 * @typedef {{ against?: string, least?: number, most?: number }} Goal `against` is a party or a group of them, whose
 * best is meant
 */

/** @param {string} against */
export const atLeast = (least, against) => ({ against, least });
export const atMost = (most, against) => ({ against, most });
export const between = (least, most, against) => ({ against, least, most });

/**
 * @param {Goal} goal
 * @param {{ better: 'higher' | 'lower', results: { name: string, group?: string, median?: number }[] }} row measured
 * @returns {{ goal: Goal, ours: number, other?: { name: string, median: number }, value: number, isMet: boolean } | null}
 * null if a side was not measured
 */
export function judge(goal, { better, results }) {
  const ours = results.find(({ name }) => name === 'brood')?.median;
  if (ours === undefined) return null;
  if (goal.against === undefined) return verdict(goal, ours, undefined, ours);
  const others = results.filter(
    ({ name, group, median }) => (name === goal.against || group === goal.against) && median !== undefined,
  );
  if (others.length === 0) return null;
  const sign = better === 'higher' ? 1 : -1;
  const other = others.reduce((best, it) => (sign * it.median > sign * best.median ? it : best));
  return verdict(goal, ours, other, ours / other.median);
}

function verdict(goal, ours, other, value) {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = goal;
  return { goal, ours, other, value, isMet: value >= least && value <= most };
}

/** As it stands in a table: `≥ 8×`, `0.8–1.2×`, `≤ 50`. */
export function describeGoal({ against, least, most }, unit) {
  const end = against === undefined ? ` ${unit}` : '×';
  if (least !== undefined && most !== undefined) return `${least}–${most}${end}`;
  return least !== undefined ? `≥ ${least}${end}` : `≤ ${most}${end}`;
}
