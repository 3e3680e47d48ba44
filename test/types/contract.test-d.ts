// Every public name that is implemented, compared with the contract: assignable both ways.
import type * as Actual from 'brood';
import { type Assignable, accepts, type Both, same } from '../support/assignable.js';
import type * as Contract from './contract.js';

interface Tasks {
  resize(file: string, width: number): Promise<Uint8Array>;
  readonly VERSION: string;
}

export function compare(): void {
  same<Both<Actual.Wait, Contract.Wait | Actual.Wait>>();
  accepts<Assignable<Contract.Wait, Actual.Wait>>();
  same<Both<Actual.FunctionRef<[number], string>, Contract.FunctionRef<[number], string>>>();
  same<Both<Actual.Target<[number], string>, Contract.Target<[number], string>>>();
  same<Both<ReturnType<typeof Actual.ref<Tasks>>, ReturnType<typeof Contract.ref<Tasks>>>>();
  same<Both<Parameters<typeof Actual.ref>, Parameters<typeof Contract.ref>>>();
  same<Both<typeof Actual.registerClass, typeof Contract.registerClass>>();

  same<Both<Actual.BroodError, Contract.BroodError>>();
  same<Both<Actual.StateError, Contract.StateError>>();
  same<Both<Actual.TimeoutError, Contract.TimeoutError>>();
  same<Both<Actual.TaskTimeoutError, Contract.TaskTimeoutError>>();
  same<Both<Actual.CancelledError, Contract.CancelledError>>();
  same<Both<Actual.PoolTerminatedError, Contract.PoolTerminatedError>>();
  same<Both<Actual.WorkerLostError, Contract.WorkerLostError>>();
  same<Both<Actual.WorkerStartError, Contract.WorkerStartError>>();
  same<Both<Actual.SerializationError, Contract.SerializationError>>();
  same<Both<Actual.ResultSerializationError, Contract.ResultSerializationError>>();

  same<Both<Actual.QueueEmpty, Contract.QueueEmpty>>();
  same<Both<Actual.QueueFull, Contract.QueueFull>>();
  same<Both<Actual.QueueShutDown, Contract.QueueShutDown>>();
  accepts<Assignable<Actual.Queue<number>, Contract.Queue<number>>>();
  accepts<Assignable<Actual.JoinableQueue<number>, Contract.JoinableQueue<number>>>();
  accepts<Assignable<Actual.SimpleQueue<number>, Contract.SimpleQueue<number>>>();
  same<Both<keyof Actual.Queue, keyof Contract.Queue | 'end'>>();
  accepts<Assignable<[maxSize?: number], ConstructorParameters<typeof Actual.Queue>>>();

  accepts<Assignable<Contract.ProcessOptions<[number]>, Actual.ProcessOptions<[number]>>>();
  accepts<Assignable<Actual.Process<[number]>, Contract.Process<[number]>>>();
  same<Both<keyof Actual.Process, keyof Contract.Process | 'toString'>>();
  accepts<Assignable<ReturnType<typeof Actual.currentProcess>, ReturnType<typeof Contract.currentProcess>>>();
  same<Both<ReturnType<typeof Actual.parentProcess>, ReturnType<typeof Contract.parentProcess>>>();
  same<Both<typeof Actual.cpuCount, typeof Contract.cpuCount>>();
  same<Both<Actual.StartMethod, Contract.StartMethod>>();
  accepts<Assignable<typeof Actual.getStartMethod, typeof Contract.getStartMethod>>();
  accepts<Assignable<typeof Contract.setStartMethod, typeof Actual.setStartMethod>>();
  same<Both<typeof Actual.setSparePreload, typeof Contract.setSparePreload>>();
  accepts<Assignable<typeof Actual.getAllStartMethods, typeof Contract.getAllStartMethods>>();
  accepts<Assignable<ReturnType<typeof Actual.getLogger>, ReturnType<typeof Contract.getLogger>>>();

  same<Both<Actual.TaskContext, Contract.TaskContext>>();
  same<Both<typeof Actual.currentTask, typeof Contract.currentTask>>();
  same<Both<Actual.TaskOptions, Contract.TaskOptions>>();
  same<Both<Actual.MapOptions, Contract.MapOptions>>();
  same<Both<Actual.ImapOptions, Contract.ImapOptions>>();
  accepts<Assignable<Contract.PoolOptions, Actual.PoolOptions>>();
  same<Both<keyof Actual.PoolOptions, keyof Contract.PoolOptions | 'processBudget'>>();
  accepts<Assignable<Actual.PoolStatistics, Contract.PoolStatistics>>();
  same<Both<keyof Actual.PoolStatistics, keyof Contract.PoolStatistics>>();
  same<Both<Actual.Callbacks<number>, Contract.Callbacks<number>>>();
  same<Both<Actual.AsyncResult<number>, Contract.AsyncResult<number>>>();
  same<Both<Actual.ImapIterator<number>, Contract.ImapIterator<number>>>();
  accepts<Assignable<Actual.Pool, Contract.Pool>>();
  same<Both<keyof Actual.Pool, keyof Contract.Pool>>();
  accepts<Assignable<ConstructorParameters<typeof Contract.Pool>, ConstructorParameters<typeof Actual.Pool>>>();
  accepts<Assignable<typeof Actual.run, typeof Contract.run>>();
}
