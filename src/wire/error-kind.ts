import { tryFindFunction } from './find-function.ts';
import type { FunctionRef } from './function-ref.ts';
import { constructorOf } from './instance-kind.ts';
import type { EncodeContext, Kind } from './kind.ts';
import { loadExport, tryLoadedExport } from './load-export.ts';

interface ErrorData {
  /** The built-in it is an instance of; `DOMException` counts as one. */
  readonly base: string;
  /** Its class, where another process can import it. */
  readonly type?: FunctionRef;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly fields: Record<string, unknown>;
  /** In an array, since a cause may be undefined. */
  readonly cause?: readonly [unknown];
  readonly errors?: readonly unknown[];
}

const BASES = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError };

/** How long the import of an error's class may take before the error arrives without it, in milliseconds. */
const CLASS_LIMIT = 1000;

/**
 * Errors cross with class, message, stack, own fields and cause; encoding one never fails. A field that cannot cross is
 * dropped with a warning, a class that cannot be imported leaves its name.
 */
export const errorKind: Kind<Error, ErrorData> = {
  tag: 'error',
  matches: (value) => value instanceof Error,
  encode(error, path, context) {
    const base = baseOf(error);
    const type = classOf(error, base);
    const cause = ownValue(error, 'cause');
    const errors = ownValue(error, 'errors');
    return {
      base,
      ...(type && { type }),
      name: readText(error, 'name'),
      message: readText(error, 'message'),
      stack: stackOf(error, context),
      fields: crossableFields(error, path, context),
      ...(cause && { cause: [orNote(cause.value, `${path}.cause`, context)] as const }),
      ...(Array.isArray(errors?.value) && { errors: errors.value.map((e, i) => orNote(e, `${path}.errors[${i}]`, context)) }),
    };
  },
  create(data) {
    if (!data.type) return createError(data, undefined);
    const loaded = tryLoadedExport(data.type);
    if (loaded !== undefined) return createError(data, loaded);
    return withLimit(loadExport(data.type)).then((type) => createError(data, type));
  },
  fill(error, { fields, cause, errors }) {
    for (const [key, value] of Object.entries(fields)) {
      Object.defineProperty(error, key, { value, writable: true, enumerable: true, configurable: true });
    }
    if (cause) defineHidden(error, 'cause', cause[0]);
    if (errors) defineHidden(error, 'errors', errors);
  },
};

function createError(data: ErrorData, type: unknown): Error {
  const error = createBase(data);
  if (typeof type === 'function' && type.prototype instanceof Error) Object.setPrototypeOf(error, type.prototype);
  if (data.base !== 'DOMException') {
    if (error.name !== data.name) defineHidden(error, 'name', data.name);
  }
  defineHidden(error, 'stack', data.stack);
  return error;
}

function createBase({ base, message, name }: ErrorData): Error {
  if (base === 'DOMException') return new DOMException(message, name);
  if (base === 'AggregateError') return new AggregateError([], message);
  const constructor = Object.hasOwn(BASES, base) ? BASES[base as Exclude<keyof typeof BASES, 'AggregateError'>] : Error;
  return new constructor(message);
}

function baseOf(error: Error): string {
  if (error instanceof DOMException) return 'DOMException';
  const bases = Object.values(BASES) as unknown[];
  for (let prototype = Object.getPrototypeOf(error); prototype; prototype = Object.getPrototypeOf(prototype)) {
    if (bases.includes(prototype.constructor) && Object.hasOwn(prototype, 'constructor')) return prototype.constructor.name;
  }
  return 'Error';
}

function classOf(error: Error, base: string): FunctionRef | undefined {
  const type = constructorOf(error);
  if (!type || base === 'DOMException' || type === (BASES as Record<string, unknown>)[base]) return undefined;
  const found = tryFindFunction(type);
  return typeof found === 'string' || found.module.startsWith('node:') ? undefined : found;
}

function crossableFields(error: Error, path: string, context: EncodeContext): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (key === 'stack' || key === 'message' || key === 'cause') continue;
    const field = ownValue(error, key);
    if (!field) continue;
    const refusal = isError(field.value) ? undefined : context.refusalOf(field.value, `${path}.${key}`);
    if (refusal === undefined) fields[key] = field.value;
    else process.emitWarning(`${readText(error, 'name')} lost a field on its way: ${refusal}`, { code: 'BROOD_ERROR_FIELD_DROPPED' });
  }
  return fields;
}

/** The value, or a sentence in its place if it cannot cross. Errors always can. */
function orNote(value: unknown, path: string, context: EncodeContext): unknown {
  if (isError(value)) return value;
  return context.refusalOf(value, path) ?? value;
}

function stackOf(error: Error, { thrownIn }: EncodeContext): string {
  const stack = readText(error, 'stack') || `${readText(error, 'name')}: ${readText(error, 'message')}`;
  return thrownIn ? `${withoutOwnFrames(stack)}\n    in ${thrownIn.name} (pid ${thrownIn.pid})` : stack;
}

const OWN_ROOT = new URL('..', import.meta.url).href;

/** How the library called the user's function tells the user nothing. */
function withoutOwnFrames(stack: string): string {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => /^\s+at /.test(line) && line.includes(OWN_ROOT));
  return first < 0 ? stack : lines.slice(0, first).join('\n');
}

/** Getters of other people's errors may throw; an error must still cross. */
function readText(error: Error, key: 'name' | 'message' | 'stack'): string {
  try {
    const value: unknown = error[key];
    return value === undefined ? '' : String(value);
  } catch {
    return '';
  }
}

function ownValue(error: Error, key: string): { value: unknown } | undefined {
  try {
    return Object.hasOwn(error, key) ? { value: (error as unknown as Record<string, unknown>)[key] } : undefined;
  } catch {
    return undefined;
  }
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function defineHidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
}

/**
 * Undefined if the class does not load, or not soon: the import of a module that is itself waiting for this very error, by
 * a top-level await, would never settle.
 */
async function withLimit(type: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, CLASS_LIMIT, undefined);
  });
  try {
    return await Promise.race([type, limit]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
