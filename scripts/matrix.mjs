#!/usr/bin/env node
/**
 * Runs the tests on every Node the package supports: `node scripts/matrix.mjs [--only 22,24] [options] [parts of paths]`.
 *   --channel socket   workers talk by sockets, also where there is shared memory
 *   --arch arm64       another processor, emulated where this machine has none: Debian's qemu-user-static, libc6-arm64-cross and
 *                      libstdc++6-arm64-cross, with QEMU_LD_PREFIX=/usr/aarch64-linux-gnu
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cache, fail, reportFailure, run } from './build/command.mjs';
import { compile } from './build/compile.mjs';
import { prepareConsumer } from './build/consumer.mjs';
import { hasFailed, lastLine, totalOf } from './runner/report.mjs';
import { runSuite } from './runner/suite.mjs';

/** Seconds that a file may take. */
const LIMIT = 120;
const EMULATED_LIMIT = 900;

const VERSIONS = ['20.19.0', '22.23.3', '24.21.0', '26.10.0'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, channel: { type: 'string' }, arch: { type: 'string', default: process.arch } },
});

/** @returns the path of that Node, taken from npm the first time */
async function installNode(version, arch) {
  const name = `node-${process.platform}-${arch}`;
  const folder = join(cache, 'nodes', `${version}-${arch}`);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  await run('npm', ['install', '--force', `--cpu=${arch}`, ...quiet], { cwd: folder });
  return node;
}

/** A path to give instead of `node`: an emulator keeps a table of every page that is mapped, and the arena maps terabytes. */
function limitAddressSpace(node) {
  const wrapper = join(dirname(node), 'node-in-80-gib');
  writeFileSync(wrapper, `#!/bin/sh\nulimit -v ${80 * 1024 ** 2}\nexec '${node}' "$@"\n`, { mode: 0o755 });
  return wrapper;
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
  const { arch } = values;
  const { tests } = await prepareConsumer({ arch });
  const env = values.channel === undefined ? {} : { BROOD_CHANNEL: values.channel };
  const results = [];
  for (const version of versions) {
    console.log(`\nNode ${version}`);
    const installed = await installNode(version, arch);
    const node = arch === process.arch ? installed : limitAddressSpace(installed);
    results.push({
      version,
      ...(await runSuite({
        tests,
        node,
        env,
        limit: arch === process.arch ? LIMIT : EMULATED_LIMIT,
        patterns: positionals,
      })),
    });
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
