import { BroodError } from '../errors/brood-error.ts';
import { missingNativeReason } from '../os/native/native.ts';
import type { Channel } from './channel.ts';
import { RingChannel } from './ring-channel.ts';
import { createRings } from './ring-ends.ts';
import type { RingHandle } from './ring-layout.ts';

/**
 * A ring channel over a socket channel to a child that is being started, and what the child is to be told of it by the socket.
 * Undefined where shared memory cannot be had, and with `BROOD_CHANNEL=socket`.
 */
export function openRingChannel<Out, In>(
  socket: Channel<Out, In>,
): { readonly channel: Channel<Out, In>; readonly handle: RingHandle } | undefined {
  if (process.env.BROOD_CHANNEL === 'socket' || missingNativeReason() !== undefined) return undefined;
  const rings = tryCreateRings();
  if (!rings) return undefined;
  return { channel: new RingChannel(socket, rings.ends), handle: rings.handle };
}

function tryCreateRings(): ReturnType<typeof createRings> {
  try {
    return createRings();
  } catch (error) {
    // A full arena, or too many processes in it: the socket needs neither.
    if (error instanceof BroodError) return undefined;
    throw error;
  }
}
