// biome-ignore-all lint/suspicious/noExplicitAny: parameters of functions are contravariant; with unknown no typed function would fit.
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A function named by module and export: needs no look-up, survives bundlers and every runtime. */
export interface FunctionRef<A extends unknown[] = any[], R = any> {
  /** URL of the module, usually `file:`. */
  readonly module: string;
  /** Export name; a dot goes into an exported object or class: `tasks.resize`. */
  readonly export: string;
  /** Only for the type checker. */
  readonly __types?: (...args: A) => R;
}

/** A function that another process can run: an exported one, or a reference to one. */
export type Target<A extends unknown[] = any[], R = any> = ((...args: A) => R | PromiseLike<R>) | FunctionRef<A, R>;

/** The functions of module `M`, as references. */
export type FunctionRefs<M extends object> = {
  readonly [K in keyof M as M[K] extends (...args: any[]) => any ? K : never]: M[K] extends (
    ...args: infer A
  ) => infer R
    ? FunctionRef<A, Awaited<R>>
    : never;
};

/**
 * The functions of a module, by name, without importing it here.
 *
 * `module` is a URL (`new URL('./tasks.js', import.meta.url)`) or an absolute path; anything else is a TypeError. Whether the
 * export exists is found out by the process that calls it.
 *
 * @example
 * const tasks = ref<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url));
 * await pool.map(tasks.resize, files);
 */
export function ref<M extends object>(module: string | URL): FunctionRefs<M> {
  const url = toModuleUrl(module);
  return new Proxy(Object.create(null), {
    // A symbol or `then` is the runtime looking at the object, not a user naming an export.
    get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : createFunctionRef(url, name)),
    has: (_, name) => typeof name === 'string' && name !== 'then',
  });
}

export function createFunctionRef(module: string, name: string): FunctionRef {
  return Object.freeze({ module, export: name });
}

export function isFunctionRef(value: unknown): value is FunctionRef {
  if (typeof value !== 'object' || value === null) return false;
  const { module, export: name } = value as Partial<FunctionRef>;
  return typeof module === 'string' && typeof name === 'string';
}

function toModuleUrl(module: string | URL): string {
  if (module instanceof URL) return module.href;
  if (typeof module === 'string') {
    if (isAbsolute(module)) return pathToFileURL(module).href;
    if (/^(file|data|node):/.test(module)) return module;
  }
  throw new TypeError(
    `Cannot refer to module "${String(module)}": it is neither a URL nor an absolute path; write new URL("./tasks.js", import.meta.url)`,
  );
}
