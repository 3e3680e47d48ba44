import { processTable } from '../os/process-table.ts';
import type { ChildEnd } from '../process/child.ts';
import { startTimer } from '../util/timer.ts';
import { type LaunchedWorker, launchWorker, type WorkerLaunch } from './launch-worker.ts';
import { type KillReason, type Loss, lossReason } from './loss.ts';
import { MemoryLimit } from './memory-limit.ts';
import { watchOomKiller } from './oom-killer.ts';
import type { SharedWithWorker, WorkerReply, WorkerRequest } from './protocol.ts';
import { readStack } from './stack-probe.ts';
import { type SeenSuspension, SuspensionWatch } from './suspension-watch.ts';

/** How long a worker has to end that was told to, in milliseconds: its children end, and exit handlers write what they have. */
const EXIT_LIMIT = 5000;

export interface WorkerProcessEvents {
  onReply(reply: WorkerReply, body: Buffer): void;
  /** Somebody has stopped it while it starts, or has something to do. */
  onSuspend(suspension: SeenSuspension): void;
  /** After the last reply. */
  onEnd(loss: Loss): void;
}

/** The process of a worker: how it starts, what it may take, and how it ends. */
export class WorkerProcess {
  readonly name: string;
  readonly pid: number;
  readonly #launched: LaunchedWorker;
  readonly #hasInitializer: boolean;
  readonly #memory: MemoryLimit;
  /** A thread is stopped with this process. */
  readonly #suspension: SuspensionWatch | undefined;
  #isLeaving = false;
  #exitLimit: { cancel(): void } | undefined;
  #killed: KillReason | undefined;
  #readiness: 'pending' | 'ready' | 'refused' = 'pending';

  /** Throws as `launch` does. */
  constructor(
    launch: WorkerLaunch,
    memoryLimit: number | undefined,
    shared: SharedWithWorker,
    events: WorkerProcessEvents,
  ) {
    this.#hasInitializer = launch.initializer !== null;
    watchOomKiller();
    this.#launched = launchWorker(launch, shared, {
      onMessage: (reply, body) => {
        if (reply.kind === 'ready') this.#readiness = 'ready';
        if (reply.kind === 'failed') this.#readiness = 'refused';
        events.onReply(reply, body);
      },
      onGarbage: () => {}, // The end that follows tells it as a loss.
      onEnd: (end) => events.onEnd(this.#describe(end)),
    });
    this.name = this.#launched.name;
    this.pid = this.#launched.child.pid;
    this.#memory = new MemoryLimit(this.pid, memoryLimit, () => this.#kill('memory-limit'));
    if (launch.spawn === undefined) {
      this.#suspension = new SuspensionWatch(this.pid, (suspension) => {
        if (this.#isLeaving) this.#limitExit();
        else events.onSuspend(suspension);
      });
    }
    this.watch();
  }

  /** Whether its initializer has been through; `refused`: it threw, and said so. */
  get readiness(): 'pending' | 'ready' | 'refused' {
    return this.#readiness;
  }

  /** Whether somebody has stopped it, as far as the platform tells. */
  get isSuspended(): boolean {
    return processTable.suspension(this.pid) !== undefined;
  }

  /** In bytes; 0 where the platform does not tell. */
  get residentMemory(): number {
    return processTable.residentMemory(this.pid);
  }

  /** It has something to do: what keeps it from that is to be seen. */
  watch(): void {
    this.#memory.watch();
    this.#suspension?.watch();
  }

  /** It has nothing to do any more, or has ended. */
  rest(): void {
    this.#memory.rest();
    this.#suspension?.rest();
  }

  send(request: WorkerRequest, ...body: readonly Uint8Array[]): void {
    this.#launched.child.channel.send(request, ...body);
  }

  /** Where its JavaScript is; settles soon after that many milliseconds. */
  readStack(limit: number): Promise<string[]> {
    const { child, stderr } = this.#launched;
    return child.canBeInspected ? readStack(this.pid, stderr, limit) : Promise.resolve([]);
  }

  /** It is to end, having nothing to do. One that does not hangs in an exit handler of the user's, or is stopped. */
  leave(): void {
    this.#isLeaving = true;
    // Without an initializer there is nothing it could be in the middle of; with one, it is told when that is through.
    if (this.#readiness === 'pending') {
      if (this.#hasInitializer) this.#suspension?.watch();
      else this.kill();
      return;
    }
    this.send({ kind: 'exit' });
    this.#limitExit();
  }

  signal(signal: NodeJS.Signals): void {
    this.#launched.child.signal(signal);
  }

  /** Ends it and its whole tree, now. */
  kill(): void {
    this.#kill('stop');
  }

  #limitExit(): void {
    this.#exitLimit ??= startTimer(EXIT_LIMIT, () => this.kill());
  }

  #kill(reason: KillReason): void {
    this.#killed ??= reason;
    this.#launched.child.kill();
  }

  #describe(end: ChildEnd): Loss {
    this.#exitLimit?.cancel();
    const stderrTail = this.#launched.stderr.tail;
    const reason = lossReason(end, this.#killed, stderrTail);
    return { name: this.name, pid: this.pid, end, reason, stderrTail };
  }
}
