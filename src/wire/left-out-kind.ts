import { types } from 'node:util';
import { StateError } from '../errors/state-error.ts';
import { BufferBlock, readBufferBlock } from '../memory/buffer-block.ts';
import type { PlainData } from '../memory/handle-kind.ts';
import { missingNativeReason } from '../os/native/native.ts';
import { DamagedMessageError } from './damaged-message.ts';
import type { EncodeContext, Kind } from './kind.ts';

/** From so many bytes on a block of their own costs less than to be in the message. */
const LEAST = 256 * 1024;

/** The memory of a buffer, or of views of one, whose bytes are in a block that the message refers to. */
interface LeftOutData {
  readonly handle: PlainData;
  readonly byteLength: number;
}

/** The packer decides which buffers are sent so: `matches` is not asked. */
export const leftOutKind: Kind<ArrayBuffer, LeftOutData> = {
  tag: 'left-out',
  matches: () => false,
  encode() {
    throw new TypeError('it has no bytes of its own');
  },
  create({ handle, byteLength }) {
    try {
      return readBufferBlock(handle, byteLength);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      throw new DamagedMessageError('the bytes of a large buffer are not where it says', { cause: error });
    }
  },
};

/** Whether bytes may be left out of messages at all. */
export function canLeaveOut(): boolean {
  return missingNativeReason() === undefined;
}

/** How many bytes a buffer or view has that are worth to be left out; 0 for all others. */
export function bytesToLeaveOut(value: object): number {
  if (!ArrayBuffer.isView(value) && !types.isArrayBuffer(value)) return 0;
  const { byteLength } = value;
  return byteLength < LEAST ? 0 : byteLength;
}

/** Undefined: they are too few, or there is no room for them. */
export function tryLeaveOut(bytes: Uint8Array, context: EncodeContext): LeftOutData | undefined {
  if (bytes.byteLength < LEAST) return undefined;
  const block = BufferBlock.tryCopy(bytes);
  if (!block) return undefined;
  context.hold(block);
  return { handle: block.depart(context.carriage), byteLength: bytes.byteLength };
}
