import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache } from '../build/command.mjs';
import { describeProcesses, findLeftovers, killAll, processesOf } from './leftovers.mjs';
import { tally } from './tally.mjs';

const reporter = fileURLToPath(new URL('./reporter.mjs', import.meta.url));
const OUTPUT_SHOWN = 16_384;
const active = new Map();

/** Kills every test file that is running, with all it started: for a runner that has to go. */
export function killRunningFiles() {
  for (const [run, folder] of active) {
    killAll(processesOf(run));
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs one compiled test file in a process of its own and looks at what it left behind.
 * @returns {Promise<{ name: string, seconds: number, passed: number, skipped: number, failures: { title: string, text: string }[], output: string }>}
 */
export async function runTestFile({ name, path, node, limit, env }) {
  const run = randomUUID();
  // A short path: the address of a Unix socket has room for 107 bytes.
  const folder = join(cache, 't', run.slice(0, 8));
  const place = {
    run,
    folder,
    temporary: join(folder, 't'),
    events: join(folder, 'events'),
    output: join(folder, 'output'),
  };
  mkdirSync(place.temporary, { recursive: true });
  const start = performance.now();
  active.set(run, folder);
  try {
    const end = await runToEnd({ path, node, limit, env: environmentOf(place, node, env), place });
    const leftovers = end.timedOut ? [] : await findLeftovers({ run, temporary: place.temporary });
    killAll(processesOf(run));
    const { passed, skipped, failures, isComplete } = readEvents(place);
    const ofFile = fileFailure({ end, limit, count: passed + skipped + failures.length, failures, isComplete });
    if (ofFile) failures.push({ title: `${name}: ${ofFile.title}`, text: ofFile.text });
    if (leftovers.length > 0) failures.push({ title: `${name}: leaves nothing behind`, text: leftovers.join('\n') });
    const seconds = (performance.now() - start) / 1000;
    return { name, seconds, passed, skipped, failures, output: readTail(place.output) };
  } finally {
    active.delete(run);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resolves when the file's process has ended, killed with its whole group at the limit. */
function runToEnd({ path, node, limit, env, place }) {
  return new Promise((resolve, reject) => {
    // A file and not a pipe: a survivor that holds it open keeps nobody waiting.
    const output = openSync(place.output, 'a');
    const child = spawn(node, [`--test-reporter=${reporter}`, '--test-reporter-destination=stdout', path], {
      cwd: dirname(path),
      env,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const end = { code: null, signal: null, timedOut: false, running: [], processes: [] };
    const timer = setTimeout(() => {
      const processes = processesOf(place.run);
      end.timedOut = true;
      end.running = readEvents(place).running;
      end.processes = describeProcesses(processes);
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {}
      killAll(processes);
    }, limit * 1000);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(Object.assign(end, { code, signal }));
    });
  });
}

/** What is wrong with the file as a whole, if anything. */
function fileFailure({ end, limit, count, failures, isComplete }) {
  if (end.timedOut) {
    const running = end.running.length > 0 ? end.running : ['none reported: the file was loading, ending or busy'];
    const text = [
      'still running:',
      ...running.map((it) => `  ${it}`),
      'processes:',
      ...end.processes.map((it) => `  ${it}`),
    ];
    return { title: `ends within ${limit} s`, text: text.join('\n') };
  }
  const how = end.signal ? `killed by ${end.signal}` : `exit code ${end.code}`;
  if (end.signal || (end.code !== 0 && failures.length === 0)) return { title: 'does not crash', text: how };
  if (count === 0) return { title: 'has tests', text: `none was reported, ${how}` };
  if (!isComplete) return { title: 'reports all its tests', text: `it ended early with ${how}` };
  return undefined;
}

/** npm's variables and the test runner's own would make a run depend on how it was started. */
function environmentOf({ run, temporary, events }, node, extra) {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(npm_|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/i.test(key),
  );
  return {
    ...Object.fromEntries(inherited),
    ...extra,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    TMPDIR: temporary,
    BROOD_TEST_RUN: run,
    BROOD_TEST_EVENTS: events,
    BROOD_TEST_RUNNER: String(process.pid),
  };
}

const readEvents = ({ events }) => tally(existsSync(events) ? readFileSync(events, 'utf8') : '');

function readTail(path) {
  const text = readFileSync(path, 'utf8');
  return text.length > OUTPUT_SHOWN ? `…${text.slice(-OUTPUT_SHOWN)}` : text;
}
