import type { ChildChannel } from './channel.ts';
import { ChildRingChannel } from './child-ring-channel.ts';
import { attachRings, type RingEnds } from './ring-ends.ts';
import type { RingHandle } from './ring-layout.ts';

/** The child's end, over the socket channel by which it was told of the rings: itself, where this process cannot use them. */
export function openChildRingChannel<Out, In>(
  socket: ChildChannel<Out, In>,
  handle: RingHandle,
): ChildChannel<Out, In> {
  let ends: RingEnds;
  try {
    ends = attachRings(handle);
  } catch {
    // No koffi, no more room for processes, no address space: the parent learns it from where the first message comes.
    return socket;
  }
  return new ChildRingChannel(socket, ends);
}
