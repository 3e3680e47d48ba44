import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { figure, times } from './figures.mjs';
import { describeGoal, judge } from './goal.mjs';
import { outcomeOf } from './row-table.mjs';

const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url));
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const START = '<!-- benchmarks -->';
const END = '<!-- /benchmarks -->';

/**
 * Writes RESULTS.md, and into README.md the rows that have goals.
 * @param {object[]} rows measured
 * @param {{ command: string, date: string, rounds: number, machine: Record<string, string> }} run
 */
export function writeDocuments(rows, { command, date, rounds, machine }) {
  const facts = Object.entries({ ...machine, date, command: `\`${command}\``, rounds }).map(
    ([name, value]) => `| ${name} | ${value} |`,
  );
  const text = `# Benchmarks

Written by \`npm run bench\`; [CONTRIBUTING.md](../CONTRIBUTING.md#benchmarks) says how to run and add rows. All sides of a row were measured in one run,
in turn, each time in a fresh program; figures are medians over the rounds.

| | |
|---|---|
${facts.join('\n')}

## Goals

${goalTable(rows)}

## All figures

${rows.map(figureTable).join('\n\n')}
`;
  writeFileSync(RESULTS, text);
  writeBetween(README, goalTable(rows.filter(({ goals }) => goals.length > 0)));
}

function goalTable(rows) {
  const lines = rows.flatMap((row) => row.goals.map((goal) => goalLine(row, goal)));
  return ['| work | brood | against | theirs | ratio | goal | met |', '|---|---|---|---|---|---|---|', ...lines].join(
    '\n',
  );
}

function goalLine(row, goal) {
  const judged = judge(goal, row);
  const quantity = (value) => `${figure(value)} ${row.unit}`;
  const ours = row.results.find(({ name }) => name === 'brood');
  const cells =
    judged === null
      ? [outcomeOf(ours) ?? quantity(ours.median), goal.against ?? '', '', '', describeGoal(goal, row.unit), '']
      : [
          quantity(judged.ours),
          judged.other?.name ?? '',
          judged.other ? quantity(judged.other.median) : '',
          judged.other ? times(judged.value) : '',
          describeGoal(goal, row.unit),
          judged.isMet ? 'yes' : 'no',
        ];
  return `| ${[row.title, ...cells].join(' | ')} |`;
}

function figureTable({ name, title, unit, better, results }) {
  const lines = results.map((it) => {
    const said = outcomeOf(it);
    return said === undefined
      ? `| ${it.name} | ${figure(it.median)} | ${figure(it.min)} – ${figure(it.max)} |`
      : `| ${it.name} | ${said} | |`;
  });
  return [
    `### ${title}`,
    '',
    `Row \`${name}\`; ${unit}, ${better} is better.`,
    '',
    '| | median | least – most |',
    '|---|---|---|',
    ...lines,
  ].join('\n');
}

function writeBetween(path, table) {
  const text = readFileSync(path, 'utf8');
  const [before, after] = [text.indexOf(START), text.indexOf(END)];
  if (before === -1 || after < before)
    throw new Error(`${path} has no place for the table between ${START} and ${END}`);
  writeFileSync(path, `${text.slice(0, before + START.length)}\n${table}\n${text.slice(after)}`);
}
