import './queues/handle-kinds.ts';
import './shared-memory/handle-kinds.ts';
import './sharedctypes/handle-kinds.ts';
import './synchronize/handle-kinds.ts';

export { AuthenticationError } from './errors/authentication-error.ts';
export { BrokenBarrierError } from './errors/broken-barrier-error.ts';
export { BrokenPipeError } from './errors/broken-pipe-error.ts';
export { BroodError } from './errors/brood-error.ts';
export { BufferTooShort } from './errors/buffer-too-short.ts';
export { CancelledError, PoolTerminatedError } from './errors/cancelled-error.ts';
export { EOFError } from './errors/eof-error.ts';
export { InternalError } from './errors/internal-error.ts';
export { InvalidStateError } from './errors/invalid-state-error.ts';
export { QueueEmpty, QueueFull, QueueShutDown } from './errors/queue-error.ts';
export { ResultSerializationError, SerializationError } from './errors/serialization-error.ts';
export { StateError } from './errors/state-error.ts';
export { SystemError } from './errors/system-error.ts';
export { TaskTimeoutError, TimeoutError } from './errors/timeout-error.ts';
export { SpawnError, WorkerLostError, WorkerStartError } from './errors/worker-error.ts';
export { type FunctionRef, ref, type Target } from './functions/function-ref.ts';
export { cpuCount } from './os/cpu-count.ts';
export type { AsyncResult, Callbacks } from './pool/async-result.ts';
export type { ImapIterator } from './pool/imap-iterator.ts';
export { type ImapOptions, type MapOptions, Pool } from './pool/pool.ts';
export type { PoolOptions } from './pool/pool-options.ts';
export { run } from './pool/run.ts';
export { currentProcess } from './process/current-process.ts';
export { currentTask, type TaskContext } from './process/current-task.ts';
export { isMain } from './process/is-main.ts';
export { getLogger, logToStderr } from './process/logger.ts';
export { parentProcess } from './process/parent.ts';
export { activeChildren, Process } from './process/process.ts';
export type { ProcessOptions } from './process/process-options.ts';
export type { Sentinel } from './process/sentinel.ts';
export { setSparePreload } from './process/spare-preload.ts';
export { getAllStartMethods, getStartMethod, type StartMethod, setStartMethod } from './process/start-method.ts';
export { JoinableQueue } from './queues/joinable-queue.ts';
export { Queue } from './queues/queue.ts';
export { SimpleQueue } from './queues/simple-queue.ts';
export { share } from './shared-memory/share.ts';
export { ShareableList } from './shared-memory/shareable-list.ts';
export { SharedMemory } from './shared-memory/shared-memory.ts';
export { RawArray } from './sharedctypes/raw-array.ts';
export { RawValue } from './sharedctypes/raw-value.ts';
export { SharedArray } from './sharedctypes/shared-array.ts';
export type { Scalar, TypeCode } from './sharedctypes/type-codes.ts';
export { Value } from './sharedctypes/value.ts';
export { Barrier, type BarrierOptions } from './synchronize/barrier.ts';
export { Condition } from './synchronize/condition.ts';
export { Event } from './synchronize/event.ts';
export type { Held } from './synchronize/held.ts';
export { Lock } from './synchronize/lock.ts';
export { RLock } from './synchronize/rlock.ts';
export { BoundedSemaphore, Semaphore } from './synchronize/semaphore.ts';
export type { Wait } from './util/wait.ts';
export { registerClass } from './wire/registered-class.ts';
export type {
  DiagnosticsMessages,
  ObservedEnd,
  ObservedTask,
  ObservedWorker,
  TaskCreateMessage,
  TaskEndMessage,
  TaskLossMessage,
  TaskRetryMessage,
  TaskStartMessage,
  WorkerEndMessage,
  WorkerStartMessage,
  WorkerSuspendMessage,
} from './workers/diagnostics-messages.ts';
export type { PoolStatistics } from './workers/statistics.ts';
export type { TaskOptions } from './workers/task-options.ts';
