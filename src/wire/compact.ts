import { ByteWriter } from './byte-writer.ts';
import { CompactReader } from './compact-reader.ts';
import { CompactWriter } from './compact-writer.ts';
import { Format } from './format.ts';

const bytes = new ByteWriter(16 * 1024);
const writer = new CompactWriter(bytes);
/** A getter of the user's may encode something itself. */
let isWriting = false;

/** A whole message, or undefined where a value has to go the general way. `isList`: it only wraps values, which share nothing. */
export function tryEncodeCompact(value: unknown, isList: boolean): Buffer | undefined {
  if (isWriting) return undefined;
  isWriting = true;
  try {
    bytes.reserve(1);
    bytes.byte(Format.compact);
    const isWritten = isList ? writer.tryWriteList(value as readonly unknown[]) : writer.tryWrite(value);
    return isWritten ? bytes.take() : undefined;
  } catch {
    return undefined; // A getter threw: on the general way it does so at a place that has a path.
  } finally {
    bytes.clear();
    isWriting = false;
  }
}

export function decodeCompact(message: Uint8Array): unknown {
  return new CompactReader(message, 1).readWhole();
}
