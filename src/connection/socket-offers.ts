import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { CellLife } from '../memory/cells.ts';
import { currentArena } from '../memory/current-arena.ts';
import { requireNative } from '../os/native/native.ts';
import type { Connection } from './connection.ts';
import { SocketLink } from './socket-link.ts';

/** How long one who comes for a socket may take to say which, in milliseconds. */
const REQUEST_LIMIT = 10_000;
const LONGEST_REQUEST = 256;
/** How often it is looked for offers that nobody will come for any more, in milliseconds. */
const SWEEP_INTERVAL = 500;
export const WHAT = 'connections over sockets in other processes';

/** What one has to know to fetch a socket. */
export interface Offered {
  readonly address: string;
  /** Names the offer to its owner. */
  readonly key: string;
  /** Comes with the descriptor. Nobody hears it before, so nobody can pretend to be the owner. */
  readonly proof: string;
}

interface Offer {
  readonly connection: Connection;
  readonly link: SocketLink;
  readonly proof: string;
  /** Held by whoever may still come. */
  readonly token: CellLife;
  readonly hold: Disposable;
}

const offers = new Map<string, Offer>();
let desk: { readonly server: Server; readonly address: string; readonly timer: NodeJS.Timeout } | undefined;

/**
 * Lets the process that reads the message with the token come for the socket. It goes to the first that comes, and stays
 * here if nobody can come any more. Does not keep the program alive.
 */
export function offerSocket(connection: Connection, link: SocketLink, token: CellLife): Offered {
  const [key, proof] = [createSecret(), createSecret()];
  const { address } = openDesk();
  offers.set(key, { connection, link, proof, token, hold: link.hold() });
  return { address, key, proof };
}

export function createSecret(): string {
  return randomBytes(16).toString('hex');
}

export function requestOf({ key }: Offered, box: string): Uint8Array {
  return Buffer.from(`${key} ${box}`);
}

function openDesk(): NonNullable<typeof desk> {
  if (desk !== undefined) return desk;
  const address = `\0brood-desk-${createSecret()}`;
  const server = createServer((socket) => void answer(socket));
  // Out of descriptors, say: who comes in vain says so there.
  server.on('error', () => {});
  server.listen(address);
  server.unref();
  desk = { server, address, timer: setInterval(sweep, SWEEP_INTERVAL).unref() };
  return desk;
}

function withdraw(key: string, offer: Offer): void {
  if (!offers.delete(key)) return;
  offer.hold[Symbol.dispose]();
  if (offers.size > 0) return;
  desk?.server.close();
  clearInterval(desk?.timer);
  desk = undefined;
}

function sweep(): void {
  const { heap } = currentArena(WHAT);
  for (const [key, offer] of offers) {
    if (offer.link.socket.destroyed || !heap.isHeld(offer.token)) withdraw(key, offer);
  }
}

async function answer(socket: Socket): Promise<void> {
  const link = new SocketLink(socket);
  try {
    const request = await link.receive(LONGEST_REQUEST, { timeout: REQUEST_LIMIT, signal: undefined });
    const [key = '', box = ''] = Buffer.from(request?.bytes ?? [])
      .toString('latin1')
      .split(' ');
    const offer = offers.get(key);
    if (offer !== undefined) await give(key, offer, box, link);
  } catch {
    // A stranger, or one that was killed: what it came for is where it was, or has gone with it.
  } finally {
    link.close();
  }
}

async function give(key: string, offer: Offer, box: string, link: SocketLink): Promise<void> {
  const { descriptors } = requireNative(WHAT);
  const unread = await offer.link.moveOut((descriptor) => descriptors.leave(box, offer.proof, descriptor));
  if (unread === undefined) return;
  offer.connection.close();
  withdraw(key, offer);
  await link.send('bytes', unread);
}
