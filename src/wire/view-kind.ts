import type { Kind } from './kind.ts';
import { nodeV8 } from './node-v8.ts';
import { isResizable } from './resizable-buffer-kind.ts';

/** A view that shares its memory with others of the message, or whose memory may grow. */
interface SharedViewData {
  readonly type: string;
  readonly buffer: ArrayBuffer;
  readonly offset: number;
  /** Of elements; absent if it follows the length of its buffer. */
  readonly length?: number;
}

/** Filled in once the whole message is known: `view` if the view turned out to be alone. */
export type ViewData = { view: ArrayBufferView } | SharedViewData;

type ViewConstructor = new (buffer: ArrayBuffer, offset: number, length?: number) => ArrayBufferView;

const TYPED_ARRAYS = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
] as const;

const TYPES: ReadonlyMap<string, ViewConstructor> = new Map(
  TYPED_ARRAYS.filter((name) => name in globalThis).map((name) => [
    name,
    (globalThis as unknown as Record<string, ViewConstructor>)[name] as ViewConstructor,
  ]),
);

/** The packer decides which views are sent so: `matches` is not asked. */
export const viewKind: Kind<ArrayBufferView, ViewData> = {
  tag: 'view',
  isWhole: true,
  matches: () => false,
  encode: (view) => ({ view }),
  create(data) {
    if ('view' in data) return data.view;
    const { type, buffer, offset, length } = data;
    if (type === 'Buffer') return Buffer.from(buffer, offset, length);
    const Type = TYPES.get(type);
    if (!Type) throw new TypeError(`this Node has no "${type}"`);
    return new Type(buffer, offset, length);
  },
};

/** `offset` is where the view begins in the buffer that crosses. */
export function describeView(view: ArrayBufferView, buffer: ArrayBuffer, offset: number): SharedViewData {
  const type = Buffer.isBuffer(view) ? 'Buffer' : typeOf(view);
  if (isLengthTracking(view)) return { type, buffer, offset };
  const size = (view as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  return { type, buffer, offset, length: view.byteLength / size };
}

const readTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get;

function typeOf(view: ArrayBufferView): string {
  return (readTag?.call(view) as string | undefined) ?? 'DataView';
}

/** Nothing but V8's own format tells, in the flags that end it. */
function isLengthTracking(view: ArrayBufferView): boolean {
  if (!isResizable(view.buffer)) return false;
  const serializer = new (nodeV8().Serializer)();
  serializer.writeHeader();
  serializer.writeValue(view);
  return ((serializer.releaseBuffer().at(-1) as number) & 1) === 1;
}
