import { StateError } from '../errors/state-error.ts';
import { createDeferred, type Deferred } from '../util/deferred.ts';
import { StateMachine } from '../util/state-machine.ts';
import type { Child } from './child.ts';
import { currentIdentity } from './identity.ts';
import { type Call, inheritedCall } from './inherited-call.ts';
import type { KeptOutput } from './kept-output.ts';
import type { ProcessOptions } from './process-options.ts';
import type { ProcessReply, ProcessRequest } from './process-protocol.ts';
import { PROCESS_TRANSITIONS, type ProcessEvent, type ProcessState } from './process-state.ts';

/**
 * What the creator of a `Process` knows of it. It is kept beside the object and not in it, because a subclass's fields travel
 * to the child: there the object has no record, and stands for the process it is in.
 */
export interface ProcessRecord {
  readonly options: ProcessOptions;
  readonly path: readonly number[];
  readonly state: StateMachine<ProcessState, ProcessEvent>;
  name: string;
  daemon: boolean;
  child: Child<ProcessRequest, ProcessReply> | undefined;
  /** Undefined unless they are piped. */
  stdout: KeptOutput | undefined;
  stderr: KeptOutput | undefined;
  /** Shared objects that the child was started with: they must live until it has them. */
  held: readonly object[];
  /** How far `stop()` has gone; more than one may be under way. */
  stopPhase: 'none' | 'asked' | 'terminated';
  /** Resolves when the child says that nobody listens for `stop`. */
  readonly unheard: Deferred<void>;
}

const records = new WeakMap<object, ProcessRecord>();
let count = 0;

/** `options.name` given by the library itself (`isNumbered` false) takes no number of the user's. */
export function createRecord(owner: object, options: ProcessOptions, isNumbered = true): void {
  const identity = currentIdentity();
  if (isNumbered) count += 1;
  const path = [...identity.path, count];
  const name = options.name ?? `Process-${path.join(':')}`;
  records.set(owner, {
    options,
    path,
    state: new StateMachine(name, PROCESS_TRANSITIONS, 'initial'),
    name,
    daemon: options.daemon ?? (identity.daemon && !identity.isWorker),
    child: undefined,
    stdout: undefined,
    stderr: undefined,
    held: [],
    stopPhase: 'none',
    unheard: createDeferred(),
  });
}

/** Undefined in every process but the creator. */
export function tryRecordOf(owner: object): ProcessRecord | undefined {
  return records.get(owner);
}

export function callOf(owner: object): Call {
  return inheritedCall(owner) ?? recordOf(owner, 'run', ['initial', 'started', 'stopped']).options;
}

/** Throws a StateError unless the object was created here and is in one of the states `action` is legal in. */
export function recordOf(owner: object, action: string, legal: readonly ProcessState[]): ProcessRecord {
  const record = records.get(owner);
  if (!record) {
    throw new StateError(
      `Cannot ${action} this process: it was created in another process; only its creator may use it`,
    );
  }
  const { state } = record.state;
  if (legal.includes(state)) return record;
  throw new StateError(`Cannot ${action} ${record.name}: it is ${describe(record, state)}; ${ADVICE[state]}`);
}

function describe({ child }: ProcessRecord, state: ProcessState): string {
  if (state === 'initial') return 'not started';
  if (state === 'started') return `still running (pid ${child?.pid})`;
  return state === 'closed' ? 'closed' : `started already, and stopped with exit code ${child?.end?.exitCode}`;
}

const ADVICE: Readonly<Record<ProcessState, string>> = {
  initial: 'call start() first',
  started: 'join() or stop() it first',
  stopped: 'create a new Process for another run',
  closed: 'create a new Process',
};
