import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findLeftNames, sharedMemoryNames } from './leftovers.mjs';
import { printFailures, printFile, totalOf } from './report.mjs';
import { killRunningFiles, runTestFile } from './test-file.mjs';

const EXIT_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * Runs the compiled test files in `tests`, a few at once, and prints each as it ends.
 * @param {object} options
 * @param {string} options.tests folder with the compiled tests
 * @param {string} [options.node] the Node that runs them; default: this one
 * @param {string[]} [options.patterns] parts of paths, `*` matches anything; default: all files
 * @param {number} [options.concurrency] files at once; default 2
 * @param {number} [options.limit] seconds a file may take; default 300
 * @param {NodeJS.ProcessEnv} [options.env] added to the environment of the tests
 * @param {boolean} [options.verbose] print what passing files wrote, too
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function runSuite({
  tests,
  node = process.execPath,
  patterns = [],
  concurrency = 2,
  limit = 300,
  env = {},
  verbose = false,
}) {
  const names = testFiles(tests).filter((name) => patterns.length === 0 || patterns.some((it) => matches(name, it)));
  if (names.length === 0) console.log(`No test file matches: ${patterns.join(' ')}`);
  const namesBefore = sharedMemoryNames();
  const waiting = [...names];
  const files = [];
  const stopListening = killFilesOnSignals();
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const path = join(tests, name.replace(/\.ts$/, '.js'));
      const file = await runTestFile({ name: join('test', name), path, node, limit, env });
      files.push(file);
      printFile(file, { verbose });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  } finally {
    stopListening();
  }
  const left = await findLeftNames(namesBefore);
  if (left.length > 0) {
    const failure = { title: 'The whole run leaves no name in shared memory', text: left.join('\n') };
    files.push({ name: 'the whole run', seconds: 0, passed: 0, skipped: 0, failures: [failure], output: '' });
  }
  printFailures(files);
  return totalOf(files.map((file) => ({ ...file, failed: file.failures.length })));
}

/** Names as in test/, that is `pool/apply.test.ts`. */
function testFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.test\.js$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replace(/\.js$/, '.ts'))
    .sort();
}

function matches(name, pattern) {
  const parts = pattern.replace(/\.js$/, '.ts').split('*');
  const escaped = parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(escaped.join('.*')).test(`test/${name}`);
}

/** The files run in process groups of their own, so a Ctrl-C does not reach them. */
function killFilesOnSignals() {
  const listeners = Object.entries(EXIT_OF_SIGNAL).map(([signal, code]) => {
    const listener = () => {
      killRunningFiles();
      process.exit(code);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => {
    for (const off of listeners) off();
  };
}
