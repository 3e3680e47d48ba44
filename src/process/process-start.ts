import { StateError } from '../errors/state-error.ts';
import { endLeases } from '../memory/lease.ts';
import { listenForAbort } from '../util/abort.ts';
import { ownFile } from '../util/own-files.ts';
import { toCallee } from '../wire/callee.ts';
import { encode } from '../wire/codec.ts';
import type { Child, ChildEnd } from './child.ts';
import { listChild } from './children.ts';
import { currentIdentity } from './identity.ts';
import { refuseWhileImporting } from './import-guard.ts';
import { KeptOutput } from './kept-output.ts';
import { type LaunchOptions, launch } from './launch.ts';
import { getLogger } from './logger.ts';
import { watchMemory } from './memory-watch.ts';
import type { ProcessOrder, ProcessReply, ProcessRequest } from './process-protocol.ts';
import type { ProcessRecord } from './process-record.ts';
import { stopProcess } from './process-stop.ts';
import type { Spawn } from './spawned.ts';

const STDIO: Record<'inherit' | 'pipe' | 'ignore', LaunchOptions['stdio']> = {
  inherit: ['ignore', 'inherit', 'inherit'],
  pipe: ['pipe', 'pipe', 'pipe'],
  ignore: ['ignore', 'ignore', 'ignore'],
};

/** How long a process whose signal aborts has to end by itself, in milliseconds, as for `stop()`. */
const GRACE = 1000;

/** Encodes first, then launches: what cannot cross leaves no process behind. */
export function startProcess(owner: object, record: ProcessRecord, isSubclass: boolean, spawn?: Spawn): void {
  const { options, name } = record;
  const identity = currentIdentity();
  refuseWhileImporting(name);
  if (identity.daemon) {
    throw new StateError(
      `Cannot start ${name}: "${identity.name}" is daemonic, and daemonic processes are not allowed to have children; ` +
        'start it elsewhere, or use a Pool or run()',
    );
  }
  options.signal?.throwIfAborted();
  const held: object[] = [];
  const { order, body } = encodeOrder(owner, record, isSubclass, held);
  const child = launch<ProcessRequest, ProcessReply>(
    {
      ...options,
      ...(spawn && { spawn }),
      main: ownFile('process/process-main.js'),
      identity: { name, daemon: record.daemon, isWorker: false, path: record.path },
      order,
      body: [body],
      stdio: STDIO[options.stdio ?? 'inherit'],
    },
    {
      onMessage: () => record.unheard.resolve(),
      onGarbage: (error) => getLogger().error(`${name} is killed: ${error.message}`),
      onExit: () => {
        record.stdout?.readToEnd();
        record.stderr?.readToEnd();
      },
      onEnd: (end) => {
        endLeases(record.held);
        record.held = [];
        record.state.move('end');
        getLogger().info(`${name} ended with exit code ${end.exitCode}`);
      },
    },
  );
  record.child = child;
  record.held = held;
  record.stdout = child.stdout ? new KeptOutput(child.stdout) : undefined;
  record.stderr = child.stderr ? new KeptOutput(child.stderr) : undefined;
  record.state.move('start');
  listChild({ child, owner, isDaemon: record.daemon });
  watch(record, child);
}

function encodeOrder(
  owner: object,
  { options }: ProcessRecord,
  isSubclass: boolean,
  held: object[],
): { order: ProcessOrder; body: Uint8Array } {
  const { target, args = [] } = options;
  const encoding = { carriage: 'lent', held } as const;
  if (isSubclass) {
    return { order: { kind: 'run' }, body: encode({ process: owner, target, args }, 'process', encoding) };
  }
  const order: ProcessOrder = target ? { kind: 'call', target: toCallee(target, 'target') } : { kind: 'nothing' };
  return { order, body: encode(args, 'args', encoding) };
}

/** What may end the child from outside; all of it is let go when it has ended. */
function watch(record: ProcessRecord, child: Child): void {
  const { signal, memoryLimit } = record.options;
  const memory =
    memoryLimit === undefined ? undefined : watchMemory(child.pid, memoryLimit, () => exceed(record, child));
  const unlisten = listenForAbort(signal, () => void stopProcess(record, GRACE));
  void child.ended.then((_end: ChildEnd) => {
    memory?.stop();
    unlisten();
  });
}

function exceed({ name, options }: ProcessRecord, child: Child): void {
  getLogger().error(
    `${name} (pid ${child.pid}) is killed: it is above its memory limit of ${options.memoryLimit} bytes`,
  );
  child.kill();
}
