import { inspect } from 'node:util';
import { encode } from '../wire/codec.ts';
import type { EncodeOptions } from '../wire/pack.ts';

/** The bytes of whatever was thrown in this process; what cannot cross at all becomes an error that shows it. */
export function encodeThrown(thrown: unknown, processName: string, options: EncodeOptions): Buffer {
  const thrownIn = { name: processName, pid: process.pid };
  try {
    return encode(thrown, 'error', { ...options, thrownIn });
  } catch (refusal) {
    return encode(
      new Error(`Something was thrown that cannot be sent: ${describe(thrown)}`, { cause: refusal }),
      'error',
      { ...options, thrownIn },
    );
  }
}

/** One line, at most 1,000 characters; also of values whose getters throw. */
export function describe(value: unknown): string {
  try {
    return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, customInspect: false }).slice(0, 1000);
  } catch {
    return typeof value;
  }
}
