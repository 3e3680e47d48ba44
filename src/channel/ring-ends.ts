import type { CellLife } from '../memory/cells.ts';
import { KIND } from '../memory/kinds.ts';
import { LARGEST_SMALL_BYTES } from '../memory/layout.ts';
import type { PartyId } from '../memory/party-slots.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { LoneGate } from '../parking/lone-gate.ts';
import type { Parking } from '../parking/parking.ts';
import { CHILD, RING_BLOCK_BYTES, type RingHandle, ringWords } from './ring-layout.ts';
import { RingReader } from './ring-reader.ts';
import { RingWriter } from './ring-writer.ts';

/** A child reads arguments where they lie; the parent makes what it gets its own. Smaller ones lie in the window. */
const LEND_FROM: number = LARGEST_SMALL_BYTES;
/** Large frames need room of powers of two: below this the socket serves better. In bytes of address space. */
const SMALLEST_ARENA: number = 2 ** 39;

/** What one party has of the two rings of a channel. */
export interface RingEnds {
  readonly parking: Parking;
  readonly life: CellLife;
  readonly writer: RingWriter;
  readonly reader: RingReader;
  /** Where this party waits for frames. */
  readonly newsGate: LoneGate;
  /** Where this party waits for room. */
  readonly roomGate: LoneGate;
  /** After reading: the other may wait for room. */
  wakeWriter(): void;
  readonly peer: () => PartyId;
}

/** New rings, for the parent of a process that is being started; undefined where there can be none. */
export function createRings(): { readonly ends: RingEnds; readonly handle: RingHandle } | undefined {
  const parking = currentParking('the channel');
  const { arena } = parking;
  if (arena.byteLength < SMALLEST_ARENA) return undefined;
  const { life, address } = arena.heap.allocate(KIND.ring, RING_BLOCK_BYTES);
  const { cell, tag } = arena.heap.lend(life);
  const peer = (): PartyId => parking.words.load(address + CHILD) as PartyId;
  return { ends: openEnds(parking, { life, address }, 'parent', peer), handle: { cell, tag, parent: parking.self } };
}

/** The rings of this process's parent. Throws where this process cannot use them. */
export function attachRings(handle: RingHandle): RingEnds {
  const parking = currentParking('the channel');
  const block = parking.arena.heap.admit(KIND.ring, { ...handle, isCounted: false });
  parking.words.store(block.address + CHILD, parking.self);
  return openEnds(parking, block, 'child', () => handle.parent);
}

function openEnds(
  parking: Parking,
  { life, address }: { readonly life: CellLife; readonly address: number },
  side: 'parent' | 'child',
  peer: () => PartyId,
): RingEnds {
  const { arena } = parking;
  const isParent = side === 'parent';
  const outbound = ringWords(address, isParent ? 'toChild' : 'toParent');
  const inbound = ringWords(address, isParent ? 'toParent' : 'toChild');
  return {
    parking,
    life,
    peer,
    writer: new RingWriter(arena, outbound, peer, () => parking.wakeLone(outbound.readerGate, peer())),
    reader: new RingReader(arena, inbound, isParent ? undefined : LEND_FROM),
    newsGate: parking.loneGate(inbound.readerGate),
    roomGate: parking.loneGate(outbound.writerGate),
    wakeWriter: () => parking.wakeLone(inbound.writerGate, peer()),
  };
}
