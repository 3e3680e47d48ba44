#!/usr/bin/env node
/**
 * Measures brood beside other pools and CPython: `npm run bench -- [rows] [--rounds N] [--quick] [--parties parts of names]`.
 *
 * Every row, at least five rounds: also writes benchmarks/RESULTS.md and the table in README.md.
 */
import { parseArgs } from 'node:util';
import { fail, reportFailure } from '../scripts/build/command.mjs';
import { writeDocuments } from './harness/documents.mjs';
import { describeMachine } from './harness/machine.mjs';
import { prepare } from './harness/prepare.mjs';
import { runRounds } from './harness/rounds.mjs';
import { printRow } from './harness/row-table.mjs';
import { loadRow, ROWS } from './harness/rows.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    parties: { type: 'string' },
  },
});

/** Without npm's variables and flags for this Node, which would reach what is measured. */
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|NODE_EXTRA_CA_CERTS$)/i.test(name)),
  ),
  PYTHONDONTWRITEBYTECODE: '1',
};

function chooseRows(names) {
  const unknown = names.filter((name) => !ROWS.includes(name));
  if (unknown.length > 0) fail(`Cannot measure ${unknown.join(', ')}: no such row; there are ${ROWS.join(', ')}`);
  return ROWS.filter((name) => names.length === 0 || names.includes(name));
}

function countRounds(text) {
  const count = text === undefined ? (values.quick ? 3 : 5) : Number(text);
  if (!Number.isInteger(count) || count < 1) fail(`Cannot run "${text}" rounds: choose a whole number from 1`);
  return count;
}

async function measureRow(row, rounds) {
  const wanted = values.parties?.split(',');
  const parties = row.parties.filter(({ name }) => !wanted || wanted.some((part) => name.includes(part)));
  const chosen = values.quick ? row.quick : row.size;
  const size = typeof chosen === 'function' ? chosen() : chosen;
  const results = await runRounds(parties, { rounds, size, environment });
  return { ...row, results };
}

async function main() {
  const names = chooseRows(positionals);
  const rounds = countRounds(values.rounds);
  await prepare();
  const machine = describeMachine();
  const rows = [];
  for (const name of names) {
    const row = await measureRow(await loadRow(name), rounds);
    rows.push(row);
    printRow(row);
  }
  const isWhole = names.length === ROWS.length && rounds >= 5 && !values.quick && values.parties === undefined;
  if (isWhole) {
    const date = new Date().toISOString().slice(0, 10);
    const command = ['npm run bench', ...(values.rounds ? [`-- --rounds ${rounds}`] : [])].join(' ');
    writeDocuments(rows, { command, date, rounds, machine });
    console.log('Written: benchmarks/RESULTS.md, and the table in README.md');
  }
  if (rows.some(({ results }) => results.some(({ failure }) => failure !== undefined))) process.exitCode = 1;
}

await main().catch(reportFailure);
