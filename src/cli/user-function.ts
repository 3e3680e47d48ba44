import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { SerializationError } from '../errors/serialization-error.ts';
import type { FunctionRef } from '../functions/function-ref.ts';
import { loadExport } from '../functions/load-export.ts';
import { locateSyntaxError } from './syntax-check.ts';

/** What the command line names, once a worker has imported it. */
export type UserFunction =
  | { readonly kind: 'callable'; readonly call: (input: unknown) => unknown }
  /** `why` goes on after `Cannot load "x": `. */
  | { readonly kind: 'unusable'; readonly why: string };

/** Imports the user's module. Never rejects. */
export async function loadUserFunction(ref: FunctionRef): Promise<UserFunction> {
  try {
    const member = await loadNamed(ref);
    if (typeof member === 'function') return { kind: 'callable', call: member as (input: unknown) => unknown };
    const why = `its export "${ref.export}" is ${describeType(member)}; ${await suggestFunctions(ref.module)}`;
    return { kind: 'unusable', why };
  } catch (error) {
    return { kind: 'unusable', why: await explain(error, ref) };
  }
}

export function describeType(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}

/** What a CommonJS module exports is not always seen as exports of its own, but always sits in the default one. */
async function loadNamed(ref: FunctionRef): Promise<unknown> {
  try {
    return await loadExport(ref);
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    return await loadExport({ ...ref, export: `default.${ref.export}` }).catch(() => {
      throw error;
    });
  }
}

async function explain(error: unknown, ref: FunctionRef): Promise<string> {
  if (error instanceof SerializationError) {
    return `it has no export "${ref.export}"; ${await suggestFunctions(ref.module)}`;
  }
  const place = error instanceof SyntaxError ? locateSyntaxError(fileURLToPath(ref.module)) : null;
  return `importing it failed; mend this first\n${place ?? inspect(error)}`;
}

/** The module has been imported before: this only looks at it again. */
async function suggestFunctions(module: string): Promise<string> {
  const members = Object.entries((await import(module)) as object);
  const names = members.filter(([, member]) => typeof member === 'function').map(([name]) => name);
  return names.length === 0
    ? 'it exports no function; export one'
    : `name a function that it exports: ${names.join(', ')}`;
}
