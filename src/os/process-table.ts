import { readdirSync, readFileSync } from 'node:fs';

/** What is known of a process that does not run because somebody has stopped it. */
export interface Suspension {
  /** The debugger that holds it; null: a signal has stopped it. */
  readonly tracer: number | null;
  /** How often its first thread has given up its core: as long as this stays the same, it is one and the same stop. */
  readonly switches: number;
}

/** What is known of other processes. One implementation per platform; this one reads Linux's /proc. */
export interface ProcessTable {
  /** It is there, and no zombie. */
  isRunning(pid: number): boolean;
  /** Its first thread waits for nothing but a core. */
  isRunnable(pid: number): boolean;
  /** Undefined unless it is stopped, by a signal (SIGSTOP, SIGTSTP) or by a debugger. */
  suspension(pid: number): Suspension | undefined;
  /** Resident memory of a process and all its descendants, in bytes; 0 if it is gone. */
  residentMemoryOfTree(pid: number): number;
  /** Resident memory of one process, in bytes; 0 if it is gone. */
  residentMemory(pid: number): number;
  /** Process groups of a process and all its descendants, its own first. */
  groupsOfTree(pid: number): number[];
}

const linux: ProcessTable = {
  isRunning: (pid) => !['', 'Z', 'X'].includes(statOf(pid)[0] ?? ''),
  isRunnable: (pid) => statOf(pid)[0] === 'R',
  suspension(pid) {
    const status = tryRead(`/proc/${pid}/status`);
    if (!/^State:\s*[Tt]/m.test(status)) return undefined;
    const switches = numberIn(status, 'voluntary_ctxt_switches') + numberIn(status, 'nonvoluntary_ctxt_switches');
    return { tracer: numberIn(status, 'TracerPid') || null, switches };
  },
  residentMemoryOfTree(pid) {
    return descendants(pid).reduce((sum, member) => sum + linux.residentMemory(member), linux.residentMemory(pid));
  },
  residentMemory(pid) {
    // `statm` is shorter, but counts in pages, whose size is the kernel's to choose.
    return numberIn(tryRead(`/proc/${pid}/status`), 'VmRSS') * 1024;
  },
  groupsOfTree(pid) {
    return [...new Set([pid, ...descendants(pid).map(groupOf)])].filter((group) => group > 0);
  },
};

/** Where nothing is known, no limit is seen to be exceeded, as `brood doctor` says, nor any stop, and signals reach one group only. */
const unknown: ProcessTable = {
  isRunning: canSignal,
  isRunnable: () => false,
  suspension: () => undefined,
  residentMemoryOfTree: () => 0,
  residentMemory: () => 0,
  groupsOfTree: (pid) => [pid],
};

export const processTable: ProcessTable = process.platform === 'linux' ? linux : unknown;

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

/** 0 if it is gone. */
function groupOf(pid: number): number {
  return Number(statOf(pid)[2] ?? 0);
}

/** State, parent, group, …; nothing if it is gone. The name in front, in parentheses, may hold anything. */
function statOf(pid: number): string[] {
  const text = tryRead(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** The number behind a name in a `status` file; 0 if there is none. */
function numberIn(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}

function canSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The kernel lists the children of each thread apart. */
function childrenOf(pid: number): number[] {
  return tryList(`/proc/${pid}/task`).flatMap((thread) =>
    tryRead(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** A process may end between any two looks at it; then there is nothing to read. */
function tryRead(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function tryList(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
