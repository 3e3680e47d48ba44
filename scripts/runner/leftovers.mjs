import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Names that belong to Node and tsx, which keep compiled code there between runs. */
const CACHES = /^(node-compile-cache|tsx-\d+)$/;
const SHARED_MEMORY = '/dev/shm';
/** Where the machine has time, two seconds are enough. */
const PATIENCE = 10_000;

const list = (folder) => (existsSync(folder) ? readdirSync(folder) : []);
const pids = () => list('/proc').filter((name) => /^\d+$/.test(name));

/** Empty if the process is gone, or belongs to someone else. */
function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Living processes that carry this run's id in their environment. */
export function processesOf(run) {
  const mark = `BROOD_TEST_RUN=${run}`;
  return pids()
    .filter((pid) => readProcess(pid, 'environ').split('\0').includes(mark))
    .map((pid) => ({ pid: Number(pid), command: readProcess(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

/** What these processes are doing, one line each: for a run that is about to be killed. */
export function describeProcesses(processes) {
  return processes.map(({ pid, command }) => {
    const status = readProcess(pid, 'status');
    const field = (name) => status.match(new RegExp(`^${name}:\\s*(.*)$`, 'm'))?.[1] ?? '?';
    const waits = readProcess(pid, 'wchan');
    return `pid ${pid}, parent ${field('PPid')}, ${field('State')}${waits && waits !== '0' ? `, in ${waits}` : ''}: ${command}`;
  });
}

export function killAll(processes) {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {}
  }
}

/** What is in the machine's shared memory now; pass it to `findLeftNames` after the run. */
export const sharedMemoryNames = () => new Set(list(SHARED_MEMORY));

/** How long a name may outlive the process that made it. */
const NAME_PATIENCE = 5000;

/** New names in shared memory, for the end of a whole run: while files run side by side, nobody can tell whose a name is. */
export async function findLeftNames(namesBefore) {
  const deadline = performance.now() + NAME_PATIENCE;
  for (;;) {
    const names = orphanedSharedMemory(namesBefore);
    if (names.length === 0 || performance.now() > deadline) return names.map((name) => `name left: ${name}`);
    await sleep(50);
  }
}

/**
 * What a file left behind, one line each, after it was given ten seconds to go: processes with its id, names in its
 * private temporary folder. Whatever survives is killed.
 */
export async function findLeftovers({ run, temporary }) {
  const deadline = performance.now() + PATIENCE;
  let wasClean = false;
  for (;;) {
    const processes = processesOf(run);
    const names = temporaryNames(temporary);
    const isClean = processes.length === 0 && names.length === 0;
    // A process in the middle of exec shows no environment, so one clean look proves little.
    if (isClean && wasClean) return [];
    wasClean = isClean;
    if (!isClean && performance.now() > deadline) {
      const lines = describeProcesses(processes);
      killAll(processes);
      return [...lines.map((line) => `process still alive: ${line}`), ...names.map((name) => `name left: ${name}`)];
    }
    await sleep(20);
  }
}

const temporaryNames = (folder) =>
  list(folder)
    .filter((name) => !CACHES.test(name))
    .map((name) => join('TMPDIR', name));

/**
 * New names that no living process has open: those in use belong to another file, or to another program. They are not
 * removed, since that cannot be known for certain.
 */
function orphanedSharedMemory(before) {
  const added = list(SHARED_MEMORY).filter((name) => !before.has(name));
  if (added.length === 0) return [];
  const open = openSharedMemory();
  return added.map((name) => join(SHARED_MEMORY, name)).filter((path) => !open.some((it) => it.includes(path)));
}

function openSharedMemory() {
  return pids().flatMap((pid) => {
    const mapped = readProcess(pid, 'maps').split('\n');
    const descriptors = `/proc/${pid}/fd`;
    const targets = [];
    try {
      for (const fd of readdirSync(descriptors)) targets.push(readlinkSync(join(descriptors, fd)));
    } catch {}
    return [...mapped, ...targets].filter((it) => it.includes(`${SHARED_MEMORY}/`));
  });
}
