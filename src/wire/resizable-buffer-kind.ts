import { types } from 'node:util';
import type { Kind } from './kind.ts';

/** TypeScript's library of the oldest supported Node does not know them. */
export interface MaybeResizable extends ArrayBuffer {
  readonly resizable?: boolean;
  readonly maxByteLength?: number;
}

interface ResizableData {
  readonly bytes: ArrayBuffer;
  readonly max: number;
}

const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;

/** V8 would reserve the room for growing while it reads; here the constructor does, and refuses in its own words. */
export const resizableBufferKind: Kind<MaybeResizable, ResizableData> = {
  tag: 'resizable-buffer',
  matches: isResizable,
  encode: (value) => ({ bytes: value.slice(0), max: value.maxByteLength as number }),
  create({ bytes, max }) {
    const buffer = new Resizable(bytes.byteLength, { maxByteLength: max });
    new Uint8Array(buffer).set(new Uint8Array(bytes));
    return buffer;
  },
};

export function isResizable(value: unknown): value is MaybeResizable {
  return types.isArrayBuffer(value) && (value as MaybeResizable).resizable === true;
}
