import { allocateBytes, isSharedBuffer } from './shared-bytes.ts';

type ViewClass = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => ArrayBufferView;

/**
 * Copies `data` into shared memory, once. The result, and any view cut from it, crosses to other processes by reference.
 * What is shared already is returned as it is. Freed when no live process holds it.
 *
 * @example
 * const pixels = share(new Uint8Array(64 * 2 ** 20));
 * await pool.map(blur, [pixels.subarray(0, half), pixels.subarray(half)]);
 */
export function share<T extends ArrayBufferView | ArrayBuffer>(data: T): T {
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data as ArrayBuffer);
  // Nothing to share, and no address to give it.
  if (bytes.byteLength === 0 || isSharedBuffer(bytes.buffer)) return data;
  const buffer = allocateBytes(bytes.byteLength, 'share()');
  new Uint8Array(buffer).set(bytes);
  if (!ArrayBuffer.isView(data)) return buffer as T;
  if (Buffer.isBuffer(data)) return Buffer.from(buffer) as unknown as T;
  const length = 'length' in data ? Number(data.length) : data.byteLength;
  return new (data.constructor as ViewClass)(buffer, 0, length) as T;
}
