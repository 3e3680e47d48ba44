import { createServer } from 'node:net';
import type { BellCalls } from '../contract.ts';
import { AF_UNIX, abstractAddress } from './abstract-address.ts';
import type { Libc } from './libc.ts';
import { watchReadable } from './readable-watch.ts';

const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0x80000 | 0x800;
const MSG_DONTWAIT = 0x40;
const SOCK_STREAM_CLOEXEC_NONBLOCK = 1 | 0x80000 | 0x800;
const EAGAIN = 11;
const MOST_ADDRESSES = 1024;
/** The length of a whole struct sockaddr_un: with that Node 20 binds an abstract name, later ones with the name's own. */
const FULL_ADDRESS = 110;

/**
 * A bell is a datagram socket with an abstract name. Such a name exists nowhere in the file system, vanishes with its
 * process, and whoever rings needs one socket of its own for all peers, and no permission to look into them. See
 * docs/decisions/0006-doorbell.md for what was rejected.
 */
export function createBellCalls(libc: Libc, isMainThread: boolean): BellCalls {
  const socket = libc.declare<(domain: number, type: number, protocol: number) => number>(
    'int socket(int domain, int type, int protocol)',
  );
  const connect = libc.declare<(fd: number, address: Uint8Array, length: number) => number>(
    'int connect(int fd, const void *address, unsigned int length)',
  );
  const bind = libc.declare<(fd: number, address: Uint8Array, length: number) => number>(
    'int bind(int fd, const void *address, unsigned int length)',
  );
  const close = libc.declare<(fd: number) => number>('int close(int fd)');
  const recv = libc.declare<(fd: number, target: Uint8Array, length: number, flags: number) => number>(
    'int64_t recv(int fd, _Out_ void *target, size_t length, int flags)',
  );
  const sendto = libc.declare<
    (fd: number, data: Uint8Array, length: number, flags: number, address: Uint8Array, size: number) => number
  >('int64_t sendto(int fd, const void *data, size_t length, int flags, const void *address, unsigned int size)');
  const openSocket = (): number =>
    libc.check(
      socket(AF_UNIX, SOCK_DGRAM_CLOEXEC_NONBLOCK, 0),
      'socket',
      'wait on shared memory',
      'raise the limit on open files',
    );
  const ping = new Uint8Array(1);
  const inbox = new Uint8Array(8);
  const addresses = new Map<string, Uint8Array>();
  let sender: number | undefined;

  /** A ring is a connection, refused to nobody and told nothing. */
  const knock = (address: Uint8Array): boolean => {
    const fd = libc.check(
      socket(AF_UNIX, SOCK_STREAM_CLOEXEC_NONBLOCK, 0),
      'socket',
      'wake a thread',
      'raise the limit on open files',
    );
    const isHeard = connect(fd, address, address.length) === 0 || libc.koffi.errno() === EAGAIN;
    close(fd);
    return isHeard;
  };

  const listen = (name: string, onRing: () => void): Disposable => {
    const fd = openSocket();
    const address = abstractAddress(name);
    libc.check(bind(fd, address, address.length), 'bind', 'wait on shared memory', 'report it');
    const onReadable = (): void => {
      while (recv(fd, inbox, inbox.length, MSG_DONTWAIT) >= 0);
      onRing();
    };
    return watchReadable(libc, fd, onReadable, () => close(fd));
  };

  return {
    open: isMainThread ? listen : listenInThread,
    ring(name: string): boolean {
      sender ??= openSocket();
      let address = addresses.get(name);
      if (address === undefined) {
        address = abstractAddress(name);
        // Parties come and go; the cache is for those who are here.
        if (addresses.size === MOST_ADDRESSES) addresses.clear();
        addresses.set(name, address);
      }
      if (sendto(sender, ping, 1, MSG_DONTWAIT, address, address.length) === 1) return true;
      const errno = libc.koffi.errno();
      // A full inbox: it has been rung often enough and has yet to look. Else a thread may have the name, for a stream socket:
      // such names are apart from those of datagrams, so that nothing tells but to try.
      return errno === EAGAIN || knock(address) || knock(padded(address));
    },
  };
}

function padded(address: Uint8Array): Uint8Array {
  const whole = new Uint8Array(FULL_ADDRESS);
  whole.set(address);
  return whole;
}

/**
 * A worker thread may be terminated at any moment, and a descriptor that koffi watches and that stirs while Node takes
 * the thread apart aborts the whole process. So a thread listens with Node's own means, which cannot read datagrams.
 */
function listenInThread(name: string, onRing: () => void): Disposable {
  const server = createServer((connection) => {
    connection.destroy();
    onRing();
  });
  server.listen(`\0${name}`);
  server.unref();
  return { [Symbol.dispose]: () => void server.close() };
}
