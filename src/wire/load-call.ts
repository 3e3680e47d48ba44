import { loadFunction } from '../functions/load-export.ts';
import type { Callee } from './callee.ts';
import { decode } from './codec.ts';

/**
 * A function and what it is to be called with. The function's module comes first: it may register the classes of the value.
 * Rejects as its import does, or the decoding.
 */
export async function loadCall(callee: Callee, bytes: Uint8Array): Promise<[(...args: unknown[]) => unknown, unknown]> {
  const fn = await loadCallee(callee);
  return [fn, await decode(bytes)];
}

/** The function alone. */
export async function loadCallee(callee: Callee): Promise<(...args: unknown[]) => unknown> {
  if (callee.closure === undefined) return await loadFunction(callee);
  return (await decode(Buffer.from(callee.closure, 'base64'))) as (...args: unknown[]) => unknown;
}
