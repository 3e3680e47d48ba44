// The names of `brood/futures`, compared with the contract.
import type * as Actual from 'brood/futures';
import { type Assignable, accepts, type Both, same } from '../support/assignable.js';
import type * as Contract from './futures.js';

export function compare(): void {
  accepts<Assignable<Contract.ExecutorOptions, Actual.ExecutorOptions>>();
  accepts<Assignable<Actual.ProcessPoolExecutor, Contract.ProcessPoolExecutor>>();
  same<Both<keyof Actual.ProcessPoolExecutor, keyof Contract.ProcessPoolExecutor>>();
  accepts<Assignable<Actual.Future<number>, Contract.Future<number>>>();
  same<Both<keyof Actual.Future<number>, keyof Contract.Future<number> | 'toString'>>();
  accepts<Assignable<typeof Actual.ThreadPoolExecutor, typeof Contract.ThreadPoolExecutor>>();
  same<Both<Actual.ReturnWhen, Contract.ReturnWhen>>();
  accepts<Assignable<Parameters<typeof Contract.waitFutures>[1], Parameters<typeof Actual.waitFutures>[1]>>();
  accepts<Assignable<Parameters<typeof Contract.asCompleted>[1], Parameters<typeof Actual.asCompleted>[1]>>();
}
