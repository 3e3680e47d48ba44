import type { DefaultDeserializer } from 'node:v8';
import { isLent } from '../memory/lent-memory.ts';
import { DamagedMessageError } from './damaged-message.ts';
import { nodeV8 } from './node-v8.ts';
import { scan } from './v8-scan.ts';

/** A Buffer of this size or more stays a view of the message it came in; a smaller one would keep more alive than itself. */
const LARGE_BUFFER = 64 * 1024;

/** Bytes that start with `format`, a number below 128, in one copy. */
export function toBytes(format: number, value: unknown): Buffer {
  const serializer = new (nodeV8().DefaultSerializer)();
  serializer.writeUint32(format);
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** The value behind the first byte. Throws a DamagedMessageError if V8's serializer did not write it. */
export function fromBytes(bytes: Uint8Array): unknown {
  scan(bytes, 1);
  const deserializer = createDeserializer(bytes.subarray(1) as Buffer); // Any view will do, its declaration says too little.
  try {
    deserializer.readHeader();
    return deserializer.readValue();
  } catch (error) {
    if (error instanceof RangeError) throw error; // Its own stack, or memory, has an end.
    throw new DamagedMessageError('V8 does not understand it', { cause: error });
  }
}

/** Documented, but missing in the declarations. */
interface ViewReader {
  _readHostObject(): ArrayBufferView;
}

function createDeserializer(bytes: Buffer): DefaultDeserializer {
  const deserializer = new (nodeV8().DefaultDeserializer)(bytes) as DefaultDeserializer & ViewReader;
  deserializer._readHostObject = readOwnView;
  return deserializer;
}

/**
 * Node makes views of the message itself: they would share one ArrayBuffer with each other and with other messages, and a
 * user who transfers one to a thread would detach them all. Here each gets memory of its own.
 */
function readOwnView(this: ViewReader): ArrayBufferView {
  const view = (nodeV8().DefaultDeserializer.prototype as unknown as ViewReader)._readHostObject.call(this);
  const { buffer, byteOffset, byteLength } = view;
  if (Buffer.isBuffer(view)) return byteLength < LARGE_BUFFER || isLent(buffer) ? Buffer.from(view) : view;
  if (byteLength === buffer.byteLength) return view;
  if (view instanceof DataView) return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
  return (view as Uint8Array).slice();
}
