import type { DescriptorBox, DescriptorCalls } from '../contract.ts';
import { AF_UNIX, abstractAddress } from './abstract-address.ts';
import type { Libc } from './libc.ts';

const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0x80000 | 0x800;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_CMSG_CLOEXEC = 0x40000000;

/** One stretch of memory for every call, from its start in bytes: msghdr, iovec, cmsghdr with one descriptor, address, note. */
const MESSAGE = { at: 0, name: 0, nameLength: 8, vectors: 16, vectorCount: 24, control: 32, controlLength: 40 };
const VECTOR = { at: 64, base: 64, length: 72 };
const CONTROL = { at: 80, length: 80, level: 88, type: 92, descriptor: 96 };
/** Room for one descriptor: the kernel closes what does not fit. */
const CONTROL_BYTES = 20;
const ADDRESS_AT = 128;
const NOTE_AT = 256;
const LONGEST_NOTE = 64;
const ALL_BYTES = NOTE_AT + LONGEST_NOTE;

/**
 * A box is a datagram socket with an abstract name: what is left there comes whole or not at all, and the kernel closes it
 * if nobody takes it. Both platforms are little-endian, and pad the shorter fields of musl with zeros.
 */
export function createDescriptorCalls(libc: Libc): DescriptorCalls {
  const socket = libc.declare<(domain: number, type: number, protocol: number) => number>(
    'int socket(int domain, int type, int protocol)',
  );
  const bind = libc.declare<(fd: number, address: Uint8Array, length: number) => number>(
    'int bind(int fd, const void *address, unsigned int length)',
  );
  const close = libc.declare<(fd: number) => number>('int close(int fd)');
  type Transfer = (fd: number, message: bigint, flags: number) => number | bigint;
  const sendmsg = libc.declare<Transfer>('int64_t sendmsg(int fd, int64_t message, int flags)');
  const recvmsg = libc.declare<Transfer>('int64_t recvmsg(int fd, int64_t message, int flags)');
  const memory = libc.koffi.alloc('uint8_t', ALL_BYTES);
  const start = libc.koffi.address(memory);
  const bytes = Buffer.from(libc.koffi.view(memory, ALL_BYTES));

  const openSocket = (): number =>
    libc.check(
      socket(AF_UNIX, SOCK_DGRAM_CLOEXEC_NONBLOCK, 0),
      'socket',
      'pass on a connection',
      'raise the limit on open files',
    );

  const prepare = (address: Uint8Array, noteLength: number): void => {
    bytes.fill(0, 0, ADDRESS_AT);
    bytes.set(address, ADDRESS_AT);
    if (address.length > 0) bytes.writeBigUInt64LE(start + BigInt(ADDRESS_AT), MESSAGE.name);
    bytes.writeUInt32LE(address.length, MESSAGE.nameLength);
    bytes.writeBigUInt64LE(start + BigInt(VECTOR.at), MESSAGE.vectors);
    bytes.writeUInt32LE(1, MESSAGE.vectorCount);
    bytes.writeBigUInt64LE(start + BigInt(CONTROL.at), MESSAGE.control);
    bytes.writeUInt32LE(CONTROL_BYTES, MESSAGE.controlLength);
    bytes.writeBigUInt64LE(start + BigInt(NOTE_AT), VECTOR.base);
    bytes.writeUInt32LE(noteLength, VECTOR.length);
  };

  /** Undefined: the box is empty. */
  const takeNext = (fd: number): { readonly note: string; readonly descriptor: number | undefined } | undefined => {
    prepare(new Uint8Array(0), LONGEST_NOTE);
    const length = Number(recvmsg(fd, start, MSG_CMSG_CLOEXEC));
    if (length < 0) return undefined;
    const hasOne =
      bytes.readUInt32LE(MESSAGE.controlLength) >= CONTROL_BYTES &&
      bytes.readInt32LE(CONTROL.level) === SOL_SOCKET &&
      bytes.readInt32LE(CONTROL.type) === SCM_RIGHTS;
    return {
      note: bytes.toString('latin1', NOTE_AT, NOTE_AT + length),
      descriptor: hasOne ? bytes.readInt32LE(CONTROL.descriptor) : undefined,
    };
  };

  return {
    openBox(name: string): DescriptorBox {
      const fd = openSocket();
      const address = abstractAddress(name);
      try {
        libc.check(bind(fd, address, address.length), 'bind', 'receive a connection', 'report it');
      } catch (error) {
        close(fd);
        throw error;
      }
      return {
        take(wanted: string): number | undefined {
          for (let next = takeNext(fd); next !== undefined; next = takeNext(fd)) {
            if (next.note === wanted && next.descriptor !== undefined) return next.descriptor;
            if (next.descriptor !== undefined) close(next.descriptor);
          }
          return undefined;
        },
        [Symbol.dispose]: () => void close(fd),
      };
    },
    leave(name: string, note: string, descriptor: number): boolean {
      const fd = openSocket();
      prepare(abstractAddress(name), bytes.write(note, NOTE_AT, LONGEST_NOTE, 'latin1'));
      bytes.writeUInt32LE(CONTROL_BYTES, CONTROL.length);
      bytes.writeInt32LE(SOL_SOCKET, CONTROL.level);
      bytes.writeInt32LE(SCM_RIGHTS, CONTROL.type);
      bytes.writeInt32LE(descriptor, CONTROL.descriptor);
      const isLeft = Number(sendmsg(fd, start, 0)) >= 0;
      close(fd);
      return isLeft;
    },
  };
}
