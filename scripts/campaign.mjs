#!/usr/bin/env node
/**
 * The long form of the tests in test/chaos/: `node scripts/campaign.mjs [options] [parts of names]`, on a quiet machine.
 *   --scale <n>        so many times as much as the gate tries (60)
 *   --node <path>      the Node that runs them
 *   --limit <seconds>  for each file (7200)
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { reportFailure } from './build/command.mjs';
import { compile } from './build/compile.mjs';
import { prepareConsumer } from './build/consumer.mjs';
import { hasFailed, lastLine } from './runner/report.mjs';
import { runSuite } from './runner/suite.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: 'string', default: '60' },
    node: { type: 'string', default: process.execPath },
    limit: { type: 'string', default: '7200' },
  },
});

async function main() {
  await compile();
  const { tests } = await prepareConsumer();
  const totals = await runSuite({
    tests,
    node: resolve(values.node),
    patterns: positionals.length > 0 ? positionals.map((name) => `/chaos/*${name}`) : ['/chaos/'],
    concurrency: 1,
    limit: Number(values.limit),
    env: { BROOD_SCALE: values.scale },
    verbose: true,
  });
  console.log(lastLine(totals));
  process.exitCode = hasFailed(totals) ? 1 : 0;
}

await main().catch(reportFailure);
