import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { knownClass, knownClassId } from '../functions/class-identity.ts';
import { tryFindFunction } from '../functions/find-function.ts';
import type { FunctionRef } from '../functions/function-ref.ts';
import { loadExport, tryLoadedExport } from '../functions/load-export.ts';
import { ownFile } from '../util/own-files.ts';
import { aggregateErrorClass, errorClass } from '../util/realm.ts';
import { classOfPrototype, constructorOf, isNative } from './constructor-of.ts';
import type { EncodeContext, Kind } from './kind.ts';
import { define } from './members.ts';

interface ErrorData {
  /** The built-in it is an instance of; `DOMException` counts as one. */
  readonly base: string;
  /** Its class, where another process can import it. */
  readonly type?: FunctionRef;
  /** The id of its class, where that has crossed as a closure before: the receiver may be where it comes from. */
  readonly local?: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Own enumerable ones. */
  readonly fields: Record<string, unknown>;
  /** `cause` and `errors`, as constructors set them: own, but not enumerable. */
  readonly hidden: Record<string, unknown>;
}

/** How long the import of an error's class may take before the error arrives without it, in milliseconds. */
const CLASS_LIMIT = 1000;

/**
 * Errors cross with class, message, stack, own fields and cause; encoding one never fails. A field that cannot cross is
 * dropped with a warning, a class that cannot be imported leaves its name.
 */
export const errorKind: Kind<Error, ErrorData> = {
  tag: 'error',
  matches: isError,
  encode(error, _path, context) {
    const base = baseOf(error);
    return {
      base,
      ...classOf(error, base),
      name: readText(error, 'name'),
      message: readText(error, 'message'),
      stack: stackOf(error, context),
      fields: crossableFields(error, context),
      hidden: crossableHidden(error, context),
    };
  },
  create(data) {
    if (!data.type) return createError(data, typeof data.local === 'string' ? knownClass(data.local) : undefined);
    const loaded = tryLoadedExport(data.type);
    if (loaded !== undefined) return createError(data, loaded);
    return withLimit(loadExport(data.type)).then((type) => createError(data, type));
  },
  fill(error, { fields, hidden }) {
    for (const key of Object.keys(fields)) define(error, key, fields[key]);
    for (const key of Object.keys(hidden)) defineHidden(error, key, hidden[key]);
  },
};

function createError(data: ErrorData, type: unknown): Error {
  const error = createBase(data);
  if (typeof type === 'function' && builtInOf(type.prototype) !== undefined)
    Object.setPrototypeOf(error, type.prototype);
  if (data.base !== 'DOMException') {
    if (error.name !== data.name) defineHidden(error, 'name', data.name);
  }
  defineHidden(error, 'stack', data.stack);
  return error;
}

function createBase({ base, message, name }: ErrorData): Error {
  if (base === 'DOMException') return new DOMException(message, name);
  if (base === 'AggregateError') return new (aggregateErrorClass())([], message);
  return new (errorClass(base) ?? Error)(message);
}

function baseOf(error: Error): string {
  return error instanceof DOMException ? 'DOMException' : (builtInOf(Object.getPrototypeOf(error)) ?? 'Error');
}

/** By name: the built-ins of another realm (`node:vm`, Jest) are other objects. */
function builtInOf(prototype: object | null): string | undefined {
  for (let it = prototype; it; it = Object.getPrototypeOf(it)) {
    const type = classOfPrototype(it);
    if (type && isNative(type) && (type.name === 'AggregateError' || errorClass(type.name))) return type.name;
  }
  return undefined;
}

function classOf(error: Error, base: string): Pick<ErrorData, 'type' | 'local'> {
  const type = constructorOf(error);
  if (!type || base === 'DOMException' || isNative(type)) return {};
  const local = knownClassId(type);
  if (local !== undefined) return { local };
  const found = tryFindFunction(type);
  return !found || found.module.startsWith('node:') ? {} : { type: found };
}

function crossableFields(error: Error, context: EncodeContext): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (key === 'stack' || key === 'message') continue;
    const field = ownValue(error, key);
    if (!field) continue;
    const refusal = context.refusalOf(field.value, error, key);
    if (refusal === undefined) define(fields, key, field.value);
    else
      process.emitWarning(`${readText(error, 'name')} lost a field on its way: ${refusal}`, {
        code: 'BROOD_ERROR_FIELD_DROPPED',
      });
  }
  return fields;
}

/** What cannot cross leaves a sentence in its place. */
function crossableHidden(error: Error, context: EncodeContext): Record<string, unknown> {
  const hidden: Record<string, unknown> = {};
  for (const key of ['cause', 'errors']) {
    const property = Object.prototype.propertyIsEnumerable.call(error, key) ? undefined : ownValue(error, key);
    if (!property) continue;
    hidden[key] = crossable(property.value, error, key, context);
  }
  return hidden;
}

/** Of a list that cannot cross, those members that can. */
function crossable(value: unknown, holder: object, key: string, context: EncodeContext): unknown {
  const refusal = context.refusalOf(value, holder, key);
  if (refusal === undefined) return value;
  return Array.isArray(value) ? value.map((it, i) => context.refusalOf(it, value, String(i)) ?? it) : refusal;
}

function stackOf(error: Error, { thrownIn }: EncodeContext): string {
  const stack = readText(error, 'stack') || `${readText(error, 'name')}: ${readText(error, 'message')}`;
  return thrownIn ? `${withoutOwnFrames(stack)}\n    in ${thrownIn.name} (pid ${thrownIn.pid})` : stack;
}

/** As files, and as paths: that is what they are where traces are mapped to sources. */
const OWN_ROOTS = ['../dist/', '../src/'].flatMap((folder) => {
  const url = ownFile(folder);
  return [url.href, fileURLToPath(url)];
});

/** How the library called the user's function tells the user nothing. */
function withoutOwnFrames(stack: string): string {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => /^\s+at /.test(line) && OWN_ROOTS.some((root) => line.includes(root)));
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

function isError(value: object): value is Error {
  return value instanceof Error || types.isNativeError(value);
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
