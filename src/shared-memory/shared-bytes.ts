import { Arrivals } from '../memory/arrivals.ts';
import { type Carriage, fromPlain, type HandleKind, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';

/** The block behind a buffer lives as long as the buffer, and so as long as any view cut from it. */
const origins = new WeakMap<ArrayBufferLike, SharedBlock>();
const arrivals = new Arrivals<ArrayBuffer>();

/** A zeroed buffer in shared memory. `what` names the thing it is for in errors. */
export function allocateBytes(byteLength: number, what: string): ArrayBuffer {
  const block = SharedBlock.allocate(KIND.bytes, byteLength, what);
  const buffer = block.arena.view(block.offset, byteLength);
  origins.set(buffer, block);
  return buffer;
}

export function isSharedBuffer(buffer: ArrayBufferLike): boolean {
  return origins.has(buffer);
}

/** Announces a message that carries the buffer. */
export function encodeBytes(buffer: ArrayBufferLike, carriage: Carriage): PlainData {
  const block = origins.get(buffer);
  if (block === undefined)
    throw new TypeError('Cannot pass the buffer by reference: it is not shared memory; share() it first');
  const handle = toPlain(block, carriage);
  arrivals.remember(handle, buffer as ArrayBuffer);
  return { block: handle, byteLength: buffer.byteLength };
}

export function decodeBytes(data: PlainData): ArrayBuffer {
  const { block: handle, byteLength } = data as { block: PlainData; byteLength: number };
  const block = SharedBlock.admit(KIND.bytes, fromPlain(handle), 'shared memory');
  const known = arrivals.find(handle);
  if (known !== undefined) return known;
  const buffer = block.arena.view(block.offset, byteLength);
  origins.set(buffer, block);
  arrivals.remember(handle, buffer);
  return buffer;
}

type Encoded = { bytes: PlainData; view: string | null; byteOffset: number; length: number };
type ViewClass = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView;

/** Buffers in shared memory, and views cut from them. */
export const bytesHandle: HandleKind<ArrayBuffer | ArrayBufferView> = {
  tag: 'bytes',
  takesBuffers: true,
  matches: (value): value is ArrayBuffer | ArrayBufferView =>
    origins.has(ArrayBuffer.isView(value) ? value.buffer : (value as ArrayBuffer)),
  encode(value, carriage) {
    if (!ArrayBuffer.isView(value))
      return { bytes: encodeBytes(value, carriage), view: null, byteOffset: 0, length: 0 };
    const length = 'length' in value ? Number(value.length) : value.byteLength;
    return {
      bytes: encodeBytes(value.buffer, carriage),
      view: value.constructor.name,
      byteOffset: value.byteOffset,
      length,
    };
  },
  decode(data) {
    const { bytes, view, byteOffset, length } = data as Encoded;
    const buffer = decodeBytes(bytes);
    if (view === null) return buffer;
    if (view === 'Buffer') return Buffer.from(buffer, byteOffset, length);
    const type = (globalThis as unknown as Record<string, ViewClass | undefined>)[view];
    // A subclass of the sender's own: its bytes are what can be shared.
    return type === undefined ? new Uint8Array(buffer, byteOffset, length) : new type(buffer, byteOffset, length);
  },
};
