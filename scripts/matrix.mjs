#!/usr/bin/env node
/**
 * Runs the tests on every Node the package supports: `node scripts/matrix.mjs [--only 22,24] [--channel socket] [parts of paths]`.
 * `--channel socket`: workers talk by sockets, also where there is shared memory.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cache, fail, reportFailure, run } from './build/command.mjs';
import { compile } from './build/compile.mjs';
import { prepareConsumer } from './build/consumer.mjs';
import { hasFailed, lastLine, totalOf } from './runner/report.mjs';
import { runSuite } from './runner/suite.mjs';

const VERSIONS = ['20.19.0', '22.23.3', '24.21.0', '26.10.0'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, channel: { type: 'string' } },
});

/** @returns the path of that Node, taken from npm the first time */
async function installNode(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(cache, 'nodes', version);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  await run('npm', ['install', ...quiet], { cwd: folder });
  return node;
}

function chooseVersions(only) {
  if (only === undefined) return VERSIONS;
  const wanted = only.split(',');
  const unknown = wanted.filter((it) => !VERSIONS.some((version) => version.startsWith(it)));
  if (unknown.length > 0)
    fail(`Cannot run on Node ${unknown.join(', ')}: not in the matrix; there are ${VERSIONS.join(', ')}`);
  return VERSIONS.filter((version) => wanted.some((it) => version.startsWith(it)));
}

async function main() {
  const versions = chooseVersions(values.only);
  await compile();
  const { tests } = await prepareConsumer();
  const env = values.channel === undefined ? {} : { BROOD_CHANNEL: values.channel };
  const results = [];
  for (const version of versions) {
    console.log(`\nNode ${version}`);
    const node = await installNode(version);
    results.push({ version, ...(await runSuite({ tests, node, env, patterns: positionals })) });
  }
  console.log('\nNode      passed  failed  skipped');
  for (const { version, ...counts } of results) {
    const columns = [counts.passed, counts.failed, counts.skipped].map((it) => String(it).padStart(8));
    console.log(version.padEnd(8) + columns.join(''));
  }
  console.log(lastLine(totalOf(results)));
  process.exitCode = results.some(hasFailed) ? 1 : 0;
}

await main().catch(reportFailure);
