import type { BufferMemory } from '../memory/buffer-copies.ts';
import type { Child, ChildListener } from '../process/child.ts';
import type { ChildOptions } from '../process/child-options.ts';
import { listChild } from '../process/children.ts';
import { currentIdentity } from '../process/identity.ts';
import type { InheritedBudget } from '../process/inherited-budget.ts';
import { launch } from '../process/launch.ts';
import { presentAsProcess } from '../process/process.ts';
import type { Spawn } from '../process/spawned.ts';
import { ownFile } from '../util/own-files.ts';
import type { Callee } from '../wire/callee.ts';
import { outputSink, type Sink, type WorkerOutput } from './output.ts';
import type { SharedWithWorker, WorkerOrder, WorkerReply, WorkerRequest } from './protocol.ts';
import { PROBE_OPTIONS } from './stack-probe.ts';
import { StderrRelay } from './stderr-relay.ts';
import type { EncodedValue } from './task.ts';

export interface WorkerLaunch extends ChildOptions {
  /** Default: as a process. */
  readonly spawn?: Spawn;
  readonly initializer: Callee | null;
  /** The arguments' bytes. */
  readonly initArgs: EncodedValue;
  readonly stdio: WorkerOutput;
  /** Default: as it comes. */
  readonly bufferMemory?: BufferMemory;
  /** What the pools of its tasks have of processes. */
  readonly budget?: InheritedBudget;
}

export interface LaunchedWorker {
  readonly name: string;
  readonly child: Child<WorkerRequest, WorkerReply>;
  readonly stderr: StderrRelay;
}

let count = 0;

/** A new worker process, listed among the active children. Throws as `launch` does. */
export function launchWorker(
  options: WorkerLaunch,
  shared: SharedWithWorker,
  listener: ChildListener<WorkerReply>,
): LaunchedWorker {
  count += 1;
  const name = `PoolWorker-${count}`;
  const child = launch<WorkerRequest, WorkerReply>(
    {
      ...options,
      main: ownFile('workers/worker-main.js'),
      identity: { name, daemon: true, isWorker: true, path: [...currentIdentity().path, count] },
      order: {
        initializer: options.initializer,
        bufferMemory: options.bufferMemory ?? 'as it comes',
        ...shared,
      } satisfies WorkerOrder,
      body: [options.initArgs.bytes],
      isTalkative: true,
      nodeOptions: PROBE_OPTIONS,
      // stderr passes through this process: its end is what a loss is explained by.
      stdio: ['ignore', options.stdio === 'prefix' ? 'pipe' : options.stdio, 'pipe'],
    },
    listener,
  );
  listChild({ child, owner: presentAsProcess(child, name), isDaemon: true });
  if (child.stdout) relay(child.stdout, outputSink(options.stdio, 'stdout', name));
  const stderr = new StderrRelay(child.stderr as NodeJS.ReadableStream, outputSink(options.stdio, 'stderr', name));
  return { name, child, stderr };
}

function relay(stream: NodeJS.ReadableStream, sink: Sink | undefined): void {
  stream.on('data', (chunk: Buffer) => sink?.write(chunk));
  stream.on('end', () => sink?.end());
  stream.on('error', () => {});
}
