import type { FunctionRef } from '../functions/function-ref.ts';
import { loadFunction } from '../functions/load-export.ts';
import { decode } from './codec.ts';

/**
 * A function and what it is to be called with. The function's module comes first: it may register the classes of the value.
 * Rejects as its import does, or the decoding.
 */
export async function loadCall(
  ref: FunctionRef,
  bytes: Uint8Array,
): Promise<[(...args: unknown[]) => unknown, unknown]> {
  const fn = await loadFunction(ref);
  return [fn, await decode(bytes)];
}
