// What Pool's types infer, and what they reject. Checked by tsc; never run.
import {
  type AsyncResult,
  currentTask,
  type FunctionRef,
  type ImapIterator,
  Pool,
  ref,
  registerClass,
  run,
} from 'brood';
import { exactly } from '../support/exactly.js';

declare const pool: Pool;
const double = (n: number): number => 2 * n;
const load = async (path: string, size: number): Promise<{ path: string; size: number }> => ({ path, size });
const nothing = (): void => {};
const optional = (a: string, b?: number): string => a + b;
const maybe = (n: number): string | Promise<string> => (n > 0 ? 'yes' : Promise.resolve('no'));

interface Tasks {
  resize(file: string, width: number): Promise<Uint8Array>;
  measure(file: string): number;
  readonly VERSION: string;
}

export function functions(): void {
  exactly<Promise<number>>()(pool.apply(double, [1]));
  exactly<Promise<{ path: string; size: number }>>()(pool.apply(load, ['a', 1]));
  exactly<Promise<void>>()(pool.apply(nothing));
  exactly<Promise<string>>()(pool.apply(optional, ['a']));
  exactly<Promise<string>>()(pool.apply(maybe, [1]));
  exactly<Promise<number[]>>()(pool.map(double, [1, 2]));
  exactly<Promise<{ path: string; size: number }[]>>()(pool.starmap(load, [['a', 1]]));
  exactly<AsyncResult<number>>()(pool.applyAsync(double, [1]));
  exactly<AsyncResult<number[]>>()(
    pool.mapAsync(double, new Set([1]), { callback: (list) => exactly<number[]>()(list) }),
  );
  exactly<Promise<number>>()(pool.applyAsync(double, [1]).get({ timeout: 5 }));
  exactly<Promise<boolean>>()(pool.applyAsync(double, [1]).wait(5));
  exactly<'queued' | 'running' | 'settled'>()(pool.applyAsync(double, [1]).cancel());
  exactly<Promise<PromiseSettledResult<number>[]>>()(pool.mapSettled(double, [1]));
  exactly<ImapIterator<number>>()(pool.imap(double, [1]));
  exactly<ImapIterator<number>>()(pool.imapUnordered(double, asyncNumbers()));
  exactly<Promise<number>>()(run(double, [1], { memoryLimit: 5 }));
}

async function* asyncNumbers(): AsyncGenerator<number> {
  yield 1;
}

export async function references(): Promise<void> {
  const tasks = ref<Tasks>(new URL('./tasks.js', import.meta.url));
  exactly<FunctionRef<[file: string, width: number], Uint8Array>>()(tasks.resize);
  exactly<Promise<Uint8Array>>()(pool.apply(tasks.resize, ['a', 1]));
  exactly<Promise<number[]>>()(pool.map(tasks.measure, ['a']));
  const self = ref<typeof import('../fixtures/wire/values.js')>('/values.js');
  exactly<Promise<string[]>>()(pool.apply(self.describePrototypes, [[]]));
  // @ts-expect-error no function
  tasks.VERSION;
  // @ts-expect-error no export
  tasks.missing;
  // @ts-expect-error wrong items
  await pool.map(tasks.measure, [1]);
  // @ts-expect-error wrong argument
  await pool.apply(tasks.resize, ['a', 'b']);
  // @ts-expect-error no module
  ref<Tasks>(5);
}

export async function mistakes(): Promise<void> {
  // @ts-expect-error wrong argument
  await pool.apply(double, ['1']);
  // @ts-expect-error too many
  await pool.apply(double, [1, 2]);
  // @ts-expect-error too few
  await pool.apply(load, ['a']);
  // @ts-expect-error arguments are an array
  await pool.apply(double, 1);
  // @ts-expect-error wrong items
  await pool.map(double, ['1']);
  // @ts-expect-error items are iterable
  await pool.map(double, 5);
  // @ts-expect-error arguments of two
  await pool.starmap(load, [['a']]);
  // @ts-expect-error no function
  await pool.map('double', [1]);
  // @ts-expect-error no such option
  await pool.map(double, [1], { chunksize: 1 });
  // @ts-expect-error a word or a number
  await pool.map(double, [1], { chunkSize: 'all' });
  // @ts-expect-error every outcome is reported anyway
  await pool.mapSettled(double, [1], { failFast: true });
  // @ts-expect-error the callback gets the result
  pool.applyAsync(double, [1], { callback: (value: string) => value });
  // @ts-expect-error no option of a pool
  new Pool({ workers: 2 });
  // @ts-expect-error read only
  pool.processes = 2;
  // @ts-expect-error null outside a task
  currentTask().signal;
  // @ts-expect-error decode makes what encode took
  registerClass(Date, { name: 'Date', encode: (date) => date.getTime(), decode: (text: string) => new Date(text) });
}

export async function outcomes(): Promise<void> {
  for (const outcome of await pool.mapSettled(double, [1])) {
    if (outcome.status === 'fulfilled') exactly<number>()(outcome.value);
    else exactly<'rejected'>()(outcome.status);
  }
  for await (const value of pool.imap(load as (path: string) => ReturnType<typeof load>, ['a']))
    exactly<string>()(value.path);
  exactly<IteratorResult<number>>()(await pool.imap(double, [1]).next({ timeout: 5 }));
}
