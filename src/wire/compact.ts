import type { List } from '../util/packed-numbers.ts';
import { type BriefBytes, ByteWriter } from './byte-writer.ts';
import { CompactReader } from './compact-reader.ts';
import { CompactWriter } from './compact-writer.ts';
import { Format } from './format.ts';

const output = new ByteWriter(16 * 1024);
const writer = new CompactWriter(output);
const reader = new CompactReader();
/** A getter of the user's may encode something itself. */
let isWriting = false;

/** A whole message, or undefined where a value has to go the general way. `isList`: it only wraps values, which share nothing. */
export function tryEncodeCompact(value: unknown, isList: boolean): Buffer | undefined {
  return tryWrite(value, isList) ? output.take() : undefined;
}

/** As `tryEncodeCompact`; what it returns is there until the next call of either. */
export function tryEncodeCompactBriefly(value: unknown): BriefBytes | undefined {
  return tryWrite(value, false) ? output.lend() : undefined;
}

/** The message of so many bytes. */
export function decodeCompact(bytes: Uint8Array, byteLength: number): unknown {
  return reader.readWhole(bytes, 1, byteLength);
}

/** As `decodeCompact`, but numbers alone stay packed. */
export function decodeCompactList(bytes: Uint8Array): unknown {
  return reader.readWhole(bytes, 1, bytes.length, true);
}

function tryWrite(value: unknown, isList: boolean): boolean {
  if (isWriting) return false;
  isWriting = true;
  let isWritten = false;
  try {
    output.clear();
    output.byte(Format.compact);
    isWritten = isList ? writer.tryWriteList(value as List) : writer.tryWrite(value);
  } catch {
    // A getter threw: on the general way it does so at a place that has a path.
  } finally {
    if (!isWritten) output.clear();
    isWriting = false;
  }
  return isWritten;
}
