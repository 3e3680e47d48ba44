import type { BellCalls } from '../contract.ts';
import type { Libc } from './libc.ts';

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0x80000 | 0x800;
const MSG_DONTWAIT = 0x40;
const EAGAIN = 11;

/**
 * A bell is a datagram socket with an abstract name. Such a name exists nowhere in the file system, vanishes with its
 * process, and whoever rings needs one socket of its own for all peers, and no permission to look into them. See
 * docs/decisions/doorbell.md for what was rejected.
 */
export function createBellCalls(libc: Libc): BellCalls {
  const socket = libc.declare<(domain: number, type: number, protocol: number) => number>(
    'int socket(int domain, int type, int protocol)',
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

  return {
    open(name: string, onRing: () => void): Disposable {
      const fd = openSocket();
      const address = abstractAddress(name);
      libc.check(bind(fd, address, address.length), 'bind', 'wait on shared memory', 'report it');
      const poll = libc.koffi.node.poll(fd, { readable: true }, () => {
        while (recv(fd, inbox, inbox.length, MSG_DONTWAIT) >= 0);
        onRing();
      });
      poll.unref();
      return {
        [Symbol.dispose]: () => {
          poll.stop();
          poll.close();
          close(fd);
        },
      };
    },
    ring(name: string): boolean {
      sender ??= openSocket();
      let address = addresses.get(name);
      if (address === undefined) {
        address = abstractAddress(name);
        addresses.set(name, address);
      }
      if (sendto(sender, ping, 1, MSG_DONTWAIT, address, address.length) === 1) return true;
      // A full inbox: it has been rung often enough and has yet to look.
      return libc.koffi.errno() === EAGAIN;
    },
  };
}

/** struct sockaddr_un with a name that starts with a zero byte. */
function abstractAddress(name: string): Uint8Array {
  const bytes = Buffer.from(`\0\0\0${name}`, 'latin1');
  bytes.writeUInt16LE(AF_UNIX, 0);
  return bytes;
}
