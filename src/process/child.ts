import type { Channel } from '../channel/channel.ts';
import { reapArena } from '../memory/current-arena.ts';
import { toExitCode } from '../os/signals.ts';
import { createDeferred } from '../util/deferred.ts';
import { StateMachine } from '../util/state-machine.ts';
import { startTimer } from '../util/timer.ts';
import { CHILD_TRANSITIONS, type ChildEvent, type ChildState } from './child-state.ts';
import type { Spawned } from './spawned.ts';

/** How long to read on after a process was reaped, in milliseconds: a descendant may hold the other end open. */
const DRAIN_LIMIT = 500;

export interface ChildEnd {
  /** Negative: killed by that signal. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
}

/** Messages from a child; `onEnd` once, after the last of them. */
export interface ChildListener<In> {
  onMessage(head: In, body: Buffer): void;
  /** What it wrote to the channel was no message; it is being killed. */
  onGarbage(error: Error): void;
  /** It has been reaped; what it last wrote is still being read. */
  onExit?(): void;
  onEnd(end: ChildEnd): void;
}

/**
 * A process that was started here, together with its descendants. However it ends, its whole tree is killed, what it
 * wrote is read to the end, and only then is it reported as ended.
 */
export class Child<Out = unknown, In = unknown> {
  readonly pid: number;
  readonly channel: Channel<Out, In>;
  readonly stdin: Spawned['stdin'];
  readonly stdout: Spawned['stdout'];
  readonly stderr: Spawned['stderr'];
  /** Resolves once it has ended; never rejects. */
  readonly ended: Promise<ChildEnd>;
  readonly #spawned: Spawned;
  readonly #state: StateMachine<ChildState, ChildEvent>;
  #end: ChildEnd | undefined;

  /** `channel`: that of `spawned`, or one over it. */
  constructor(spawned: Spawned, channel: Channel<unknown, unknown>, listener: ChildListener<In>) {
    const { pid } = spawned;
    const { promise, resolve } = createDeferred<ChildEnd>();
    this.pid = pid;
    this.channel = channel as Channel<Out, In>; // The program it runs says what it sends and takes.
    this.stdin = spawned.stdin;
    this.stdout = spawned.stdout;
    this.stderr = spawned.stderr;
    this.ended = promise;
    this.#spawned = spawned;
    this.#state = new StateMachine(`child ${pid}`, CHILD_TRANSITIONS, 'running', {
      draining: () => {
        spawned.kill(); // Its leader is gone; what it started may not be.
        listener.onExit?.();
      },
      ended: () => {
        const end = this.#end as ChildEnd;
        channel.close();
        spawned.release();
        reapArena();
        listener.onEnd(end);
        resolve(end);
      },
    });
    this.#listen(listener);
  }

  /** Whether its stack can be read while it runs. */
  get canBeInspected(): boolean {
    return this.#spawned.canBeInspected;
  }

  /** Null while it runs. */
  get end(): ChildEnd | null {
    return this.#end ?? null;
  }

  get hasEnded(): boolean {
    return this.#state.state === 'ended';
  }

  /** To the process and all its descendants, also to those that are stopped: it is meant to end them. Processes of ours that it started lead groups of their own. */
  signal(signal: NodeJS.Signals): void {
    if (this.#state.state !== 'running') return;
    this.#spawned.signal(signal);
  }

  /** SIGKILL to the whole tree, also to what has left the group. */
  kill(): void {
    if (this.#state.state !== 'running') return;
    this.#spawned.kill();
  }

  #listen(listener: ChildListener<In>): void {
    const channelEnd = createDeferred<void>();
    this.channel.receive({
      onMessage: (head, body) => listener.onMessage(head, body),
      onEnd: (error) => {
        channelEnd.resolve();
        if (this.#end) return;
        if (!error) return this.#expectExit();
        listener.onGarbage(error);
        this.kill();
      },
      onDeaf: () => {
        if (!this.#end) this.#expectExit();
      },
    });
    this.#spawned.onExit((code, signal) => {
      this.#end = { exitCode: toExitCode(code, signal), signal };
      this.#state.move('exit');
      const drained = createDeferred<void>();
      const limit = startTimer(DRAIN_LIMIT, drained.resolve);
      void Promise.all([channelEnd.promise, endOf(this.stdout), endOf(this.stderr)]).then(() => drained.resolve());
      void drained.promise.then(() => {
        limit.cancel();
        this.#state.move('drained');
      });
    });
  }

  /** A child closes its channel by ending. One that lives on has closed a descriptor it did not know, and can only be replaced. */
  #expectExit(): void {
    startTimer(DRAIN_LIMIT, () => this.kill());
  }
}

/** Resolves once a stream that somebody reads here has been read to its end. */
function endOf(stream: Spawned['stdout']): Promise<void> {
  if (!stream || stream.closed || stream.listenerCount('data') === 0) return Promise.resolve();
  return new Promise((resolve) => stream.once('close', resolve));
}
