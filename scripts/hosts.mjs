#!/usr/bin/env node
/** Installs the test runners and package managers of hosts/, and runs the tests that need them: `npm run hosts`. */
import { reportFailure } from './build/command.mjs';
import { compile } from './build/compile.mjs';
import { prepareConsumer } from './build/consumer.mjs';
import { installOnce } from './build/install-once.mjs';
import { hasFailed, lastLine } from './runner/report.mjs';
import { runSuite } from './runner/suite.mjs';

async function main() {
  await installOnce('hosts', 'the hosts');
  await compile();
  const { tests } = await prepareConsumer();
  const totals = await runSuite({ tests, patterns: ['test/hosts/'] });
  console.log(lastLine(totals));
  process.exitCode = hasFailed(totals) ? 1 : 0;
}

await main().catch(reportFailure);
