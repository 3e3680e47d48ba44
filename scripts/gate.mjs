#!/usr/bin/env node
/**
 * The one gate: everything that must hold before a commit, in order, stopping at the first step that does not.
 * Names after the command choose steps: `node scripts/gate.mjs layers sizes`.
 */
import { fail, reportFailure, runTool } from './build/command.mjs';
import { compile } from './build/compile.mjs';
import { prepareConsumer } from './build/consumer.mjs';
import { installOnce } from './build/install-once.mjs';
import { testBenchmarks } from './gate/benchmarks.mjs';
import { checkLayers } from './gate/layers.mjs';
import { checkPackageShape } from './gate/package-shape.mjs';
import { checkSizes } from './gate/sizes.mjs';
import { hasFailed, lastLine } from './runner/report.mjs';
import { runSuite } from './runner/suite.mjs';

/** Enough to see that workers talk by sockets too; `npm run matrix -- --channel socket` runs all. */
const SOCKET_SUITES = ['pool/apply', 'pool/cancel', 'pool/lost'];

let totals;

const steps = {
  build: compile,
  types: () => runTool('tsc', ['-p', 'test/tsconfig.json', '--noEmit']).then(() => undefined),
  lint: () => runTool('biome', ['ci', '--error-on-warnings', '--colors=off', '.']).then(() => undefined),
  layers: checkLayers,
  sizes: checkSizes,
  exports: () => runTool('knip', ['--no-progress', '--no-config-hints']).then(() => undefined),
  package: checkPackageShape,
  bench: testBenchmarks,
  hosts: () => installOnce('hosts', 'the hosts').catch(() => 'not installed: the tests that need them are skipped'),
  tests: async () => {
    const { tests } = await prepareConsumer();
    totals = await runSuite({ tests });
    if (hasFailed(totals)) fail(lastLine(totals));
  },
  socket: async () => {
    const { tests } = await prepareConsumer();
    const counts = await runSuite({ tests, env: { BROOD_CHANNEL: 'socket' }, patterns: SOCKET_SUITES });
    if (hasFailed(counts)) fail(lastLine(counts));
  },
};

async function runGate(chosen) {
  const unknown = chosen.filter((name) => !(name in steps));
  if (unknown.length > 0) fail(`No such step: ${unknown.join(', ')}; there are ${Object.keys(steps).join(', ')}`);
  for (const name of chosen.length > 0 ? chosen : Object.keys(steps)) {
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8);
    try {
      const note = await steps[name]();
      console.log(`ok   ${name.padEnd(8)} ${seconds()}${note ? `  ${note}` : ''}`);
    } catch (error) {
      console.log(`FAIL ${name.padEnd(8)} ${seconds()}\n\nThe gate stopped at "${name}":\n`);
      throw error;
    }
  }
  if (totals) console.log(lastLine(totals));
}

await runGate(process.argv.slice(2)).catch(reportFailure);
