import { type Carriage, fromPlain, type HandleKind, type PlainData, toPlain } from '../memory/handle-kind.ts';
import type { Kind } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { Lock, type LockPlace } from './lock.ts';
import { RLock } from './rlock.ts';

type LockClass = new (place?: LockPlace) => Lock;

/** A lock is named by the block it lies in and how far from its start: it may be a part of something else. */
function lockKind(tag: string, type: LockClass): HandleKind<Lock> {
  return {
    tag,
    matches: (value): value is Lock => value.constructor === type,
    encode: ({ place }, carriage) => ({
      block: toPlain(place.block, carriage),
      kind: place.kind,
      offset: place.address - place.block.address,
    }),
    decode(data) {
      const { block: handle, kind, offset } = data as { block: PlainData; kind: number; offset: number };
      const block = SharedBlock.admit(kind as Kind, fromPlain(handle), 'a lock');
      return new type({ block, address: block.address + offset, kind: kind as Kind });
    },
  };
}

export const lockHandle: HandleKind<Lock> = lockKind('lock', Lock);
export const rlockHandle: HandleKind<Lock> = lockKind('rlock', RLock);

/** For kinds that contain a lock of either class. */
export function encodeLock(lock: Lock, carriage: Carriage): PlainData {
  const kind = rlockHandle.matches(lock) ? rlockHandle : lockHandle;
  return { tag: kind.tag, data: kind.encode(lock, carriage) };
}

export function decodeLock(encoded: PlainData): Lock {
  const { tag, data } = encoded as { tag: string; data: PlainData };
  return (tag === rlockHandle.tag ? rlockHandle : lockHandle).decode(data);
}
