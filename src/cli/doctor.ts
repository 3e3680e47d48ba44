import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { createFunctionRef } from '../functions/function-ref.ts';
import { cpuCount } from '../os/cpu-count.ts';
import { missingNativeReason } from '../os/native/native.ts';
import { Pool } from '../pool/pool.ts';
import { readLimit } from './limits.ts';
import { findTypeScriptSupport } from './typescript.ts';

/** One thing brood builds on. */
export interface Finding {
  readonly topic: string;
  /** `limited`: brood works, with the limit that the text names; `missing`: it does not. */
  readonly state: 'good' | 'limited' | 'missing';
  readonly text: string;
  /** What would mend it. */
  readonly remedy?: string;
}

/** Looks at this machine, and starts one worker on trial. */
export async function examine(): Promise<Finding[]> {
  return [
    examineNode(),
    examineCores(),
    examineMemory(),
    examineSharedMemory(),
    examineNativeLayer(),
    examineOpenFiles(),
    examineProcesses(),
    examineProcessTable(),
    examineShell(),
    examineInspector(),
    examineTypeScript(),
    await tryWorker(),
  ];
}

function examineNode(): Finding {
  const text = `${process.version} on ${process.platform} ${process.arch}`;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isSupported = major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (!isSupported) {
    return { topic: 'Node', state: 'missing', text, remedy: 'use Node 20.19, 22.12 or 24, or a later one of these' };
  }
  if (process.platform === 'linux') return { topic: 'Node', state: 'good', text };
  return { topic: 'Node', state: 'limited', text: `${text}: brood is tested on Linux` };
}

function examineCores(): Finding {
  const all = cpus().length;
  const ours = cpuCount();
  const why = ours < availableParallelism() ? ', by the CPU quota' : ', by the affinity mask';
  return { topic: 'cores', state: 'good', text: ours < all ? `${ours} of ${all}${why}` : String(ours) };
}

function examineMemory(): Finding {
  const limit = process.constrainedMemory();
  const bounded = limit > 0 && limit < totalmem() ? `, limited to ${formatGiB(limit)} for us` : '';
  return { topic: 'memory', state: 'good', text: `${formatGiB(freemem())} free of ${formatGiB(totalmem())}${bounded}` };
}

function examineSharedMemory(): Finding {
  const topic = 'shared memory';
  try {
    accessSync('/dev/shm', constants.W_OK);
    const { bavail, bsize } = statfsSync('/dev/shm');
    return { topic, state: 'good', text: `${formatGiB(bavail * bsize)} free in /dev/shm` };
  } catch {
    const remedy = 'named shared memory needs it; mount a tmpfs there';
    return { topic, state: 'limited', text: '/dev/shm is not there or cannot be written', remedy };
  }
}

function examineNativeLayer(): Finding {
  const topic = 'native layer';
  const reason = missingNativeReason();
  if (reason === undefined) return { topic, state: 'good', text: 'koffi: locks and shared arrays work' };
  const remedy = 'Process, Pool and run work all the same; locks, events and shared arrays do not';
  return { topic, state: 'limited', text: reason, remedy };
}

/** A worker takes up to six descriptors of its parent. */
function examineOpenFiles(): Finding {
  const limit = readLimit('open files');
  if (limit === null) return { topic: 'open files', state: 'good', text: 'the limit is not known here' };
  const text = `${limit} for one process`;
  if (limit >= 256) return { topic: 'open files', state: 'good', text };
  return {
    topic: 'open files',
    state: 'limited',
    text,
    remedy: 'enough for few workers; raise it with "ulimit -n 4096"',
  };
}

function examineProcesses(): Finding {
  const limit = readLimit('processes');
  return {
    topic: 'processes',
    state: 'good',
    text: limit === null ? 'no limit that is known' : `${limit} for this user or container`,
  };
}

function examineProcessTable(): Finding {
  const topic = 'process table';
  if (existsSync('/proc/self/statm'))
    return { topic, state: 'good', text: 'memory limits can be watched, strays be found' };
  const remedy = 'memory limits have no effect, and a stray process may be missed; mount /proc';
  return { topic, state: 'limited', text: 'there is no /proc', remedy };
}

function examineShell(): Finding {
  const topic = 'janitor';
  if (existsSync('/bin/sh')) return { topic, state: 'good', text: 'no worker survives a killed parent' };
  return {
    topic,
    state: 'limited',
    text: 'there is no /bin/sh',
    remedy: 'workers may survive a killed parent; install a shell',
  };
}

function examineInspector(): Finding {
  const topic = 'inspector';
  if (process.features.inspector)
    return { topic, state: 'good', text: 'plain functions can be sent, stuck tasks say where' };
  const remedy = 'functions must be named by module and export; use a Node that was built with the inspector';
  return { topic, state: 'limited', text: 'this Node has none', remedy };
}

function examineTypeScript(): Finding {
  const topic = 'TypeScript';
  const support = findTypeScriptSupport([process.cwd()]);
  if (support.kind === 'native') return { topic, state: 'good', text: 'Node runs it by itself' };
  if (support.kind === 'tsx') return { topic, state: 'good', text: 'through tsx, found from this folder' };
  const remedy = 'run "npm install --save-dev tsx", or use Node 22.18 or later';
  return { topic, state: 'limited', text: 'nothing here runs it', remedy };
}

async function tryWorker(): Promise<Finding> {
  const start = performance.now();
  const pool = new Pool({ processes: 1, name: 'brood doctor' });
  try {
    await pool.apply(createFunctionRef('node:process', 'uptime'), [], { timeout: 30_000 });
    const text = `started and answered in ${Math.round(performance.now() - start)} ms`;
    return { topic: 'worker', state: 'good', text };
  } catch (error) {
    return { topic: 'worker', state: 'missing', text: (error as Error).message };
  } finally {
    pool.terminate();
    await pool.join(5000);
  }
}

function formatGiB(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
