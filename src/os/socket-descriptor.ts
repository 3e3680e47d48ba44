import type { Socket } from 'node:net';

/** Undefined once the socket has been destroyed. Node does not document where it keeps it, and has kept it there since 0.12. */
export function descriptorOf(socket: Socket): number | undefined {
  const { _handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null };
  const descriptor = _handle?.fd ?? -1;
  return descriptor >= 0 ? descriptor : undefined;
}
