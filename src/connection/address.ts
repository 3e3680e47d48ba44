import type { AddressInfo, Socket } from 'node:net';

/** The path of a Unix socket (with a zero byte in front: an abstract name), or a host and a port of TCP. */
export type Address = string | { host: string; port: number };

/** What the system has room for, in bytes. A longer path would be cut off without a word. */
export const LONGEST_PATH = 107;
const HIGHEST_PORT = 65_535;

/** Throws a TypeError or RangeError for what is no address; port 0, for any free one, only where that makes sense. */
export function checkAddress(address: Address, lowestPort: number): Address {
  if (typeof address === 'string') {
    const { byteLength } = Buffer.from(address);
    if (byteLength > 0 && byteLength <= LONGEST_PATH) return address;
    throw new RangeError(
      `Cannot use a path of ${byteLength} bytes as an address: the system takes 1 to ${LONGEST_PATH}; choose another`,
    );
  }
  const { host, port } = Object(address) as { host?: unknown; port?: unknown };
  if (typeof host !== 'string' || host === '' || typeof port !== 'number') {
    throw new TypeError('Cannot use the address: it is neither a path nor { host, port }; pass one of them');
  }
  if (Number.isInteger(port) && port >= lowestPort && port <= HIGHEST_PORT) return { host, port };
  throw new RangeError(`Cannot use port ${port}; give a whole number from ${lowestPort} to ${HIGHEST_PORT}`);
}

/** What `net` takes to listen at an address, or connect to it. */
export function toNetOptions(address: Address): { path: string } | { host: string; port: number } {
  return typeof address === 'string' ? { path: address } : address;
}

/** What is really listened at: the port may have been chosen by the system. */
export function toAddress(bound: AddressInfo | string | null, asked: Address): Address {
  return bound === null || typeof bound === 'string' ? asked : { host: bound.address, port: bound.port };
}

/** Null for Unix sockets: those who connect have no name. */
export function peerAddress({ remoteAddress, remotePort }: Socket): Address | null {
  return remoteAddress === undefined || remotePort === undefined ? null : { host: remoteAddress, port: remotePort };
}
