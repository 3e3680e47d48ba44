import { SerializationError } from '../errors/serialization-error.ts';
import { StateError } from '../errors/state-error.ts';
import { fromPlain, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { asLease, type Lease } from '../memory/lease.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { missingNativeReason, requireNative } from '../os/native/native.ts';
import type { EncodeContext } from '../wire/kind.ts';
import { connect } from './connect.ts';
import type { Connection } from './connection.ts';
import { SocketLink } from './socket-link.ts';
import { createSecret, type Offered, offerSocket, requestOf, WHAT } from './socket-offers.ts';

const TOKEN_BYTES = 4;

/** What crosses for a connection over a socket. */
export interface SocketData {
  readonly offered: Offered;
  readonly token: PlainData;
}

export function encodeSocket(
  connection: Connection,
  link: SocketLink,
  path: string,
  context: EncodeContext,
): SocketData {
  const missing = missingNativeReason();
  if (missing !== undefined) {
    throw new SerializationError(
      `Cannot send ${path}: a connection over a socket stays in its process because ${missing}; connect() there`,
      path,
    );
  }
  if (link.socket.destroyed) {
    throw new SerializationError(`Cannot send ${path}: the other side of the connection has gone; close it`, path);
  }
  const token = SharedBlock.allocate(KIND.socketOffer, TOKEN_BYTES, WHAT);
  const data = { offered: offerSocket(connection, link, token.life), token: toPlain(token, context.carriage) };
  if (context.carriage === 'lent') context.hold(asLease(new TokenLease(token)));
  else token.release();
  return data;
}

/** StateError if another has it already, if whoever sent it has ended, or if it is of another process tree. */
export async function decodeSocket({ offered, token }: SocketData): Promise<SocketLink> {
  const held = admit(token);
  try {
    return await fetchSocket(offered);
  } finally {
    held.release();
  }
}

export function discardSocket({ token }: SocketData): void {
  admit(token).release();
}

function admit(token: PlainData): SharedBlock {
  return SharedBlock.admit(KIND.socketOffer, fromPlain(token), WHAT);
}

/** Keeps a message readable that may be read more than once. */
class TokenLease implements Lease {
  #token: SharedBlock | undefined;

  constructor(token: SharedBlock) {
    this.#token = token;
  }

  end(): void {
    this.#token?.release();
    this.#token = undefined;
  }
}

async function fetchSocket(offered: Offered): Promise<SocketLink> {
  const name = `brood-box-${createSecret()}`;
  using box = requireNative(WHAT).descriptors.openBox(name);
  const unread = await ask(offered, name);
  const fd = box.take(offered.proof);
  if (fd === undefined) throw gone();
  const { Socket } = process.getBuiltinModule('node:net');
  return new SocketLink(new Socket({ fd, allowHalfOpen: true, readable: true, writable: true }), Buffer.from(unread));
}

/** What had arrived at the owner. By then the descriptor is in the box. */
async function ask(offered: Offered, name: string): Promise<Uint8Array> {
  try {
    await using owner = await connect(offered.address);
    await owner.sendBytes(requestOf(offered, name));
    return await owner.recvBytes();
  } catch (cause) {
    throw gone({ cause });
  }
}

function gone(options?: ErrorOptions): StateError {
  return new StateError(
    'Cannot receive the connection: it was received elsewhere, or the process that sent it has ended; keep that alive until it is received',
    options,
  );
}
