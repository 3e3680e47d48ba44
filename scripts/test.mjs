#!/usr/bin/env node
/**
 * Builds, installs and runs the tests: `node scripts/test.mjs [options] [parts of paths]`.
 *   --no-build         use the dist/ that is there
 *   --node <path>      the Node that runs the tests
 *   --concurrency <n>  files at once (2)
 *   --limit <seconds>  for each file (300)
 *   --verbose          print what passing files wrote, too
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
    'no-build': { type: 'boolean', default: false },
    node: { type: 'string', default: process.execPath },
    concurrency: { type: 'string', default: '2' },
    limit: { type: 'string', default: '300' },
    verbose: { type: 'boolean', default: false },
  },
});

async function main() {
  if (!values['no-build']) await compile();
  const { tests } = await prepareConsumer();
  const totals = await runSuite({
    tests,
    node: resolve(values.node),
    patterns: positionals,
    concurrency: Number(values.concurrency),
    limit: Number(values.limit),
    verbose: values.verbose,
  });
  console.log(lastLine(totals));
  process.exitCode = hasFailed(totals) ? 1 : 0;
}

await main().catch(reportFailure);
