import { writeFileSync } from 'node:fs';
import { SystemError } from '../../../errors/system-error.ts';
import type { Mapping, MemoryCalls } from '../contract.ts';
import type { Libc } from './libc.ts';

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const F_SETFD = 2;
const F_SETFL = 4;
const O_NONBLOCK = 0x800;
const FD_CLOEXEC = 1;
const O_CLOEXEC = 0x80000;
const F_ADD_SEALS = 1033;
const SEAL_SEAL_SHRINK_GROW = 1 | 2 | 4;
const SEAL_WRITE = 8;
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED_NORESERVE = 1 | 0x4000;
const FALLOC_KEEP_SIZE_PUNCH_HOLE = 1 | 2;
const MAP_PRIVATE_ANONYMOUS_NORESERVE_FIXED = 2 | 0x10 | 0x20 | 0x4000;
const MAP_FAILED = -1;
const EINTR = 4;

const MORE_MEMORY = 'raise the limit on memory or files, or ask for less';

/** memfd_create, mmap and their kin. Pointers travel as numbers: user space ends below 2^53 on every Linux. */
export function createMemoryCalls(libc: Libc): MemoryCalls {
  const memfdCreate = libc.declare<(name: string, flags: number) => number>(
    'int memfd_create(const char *name, unsigned int flags)',
  );
  const ftruncate = libc.declare<(fd: number, length: number) => number>('int ftruncate(int fd, int64_t length)');
  const fcntl = libc.declare<(fd: number, command: number, value: number) => number>(
    'int fcntl(int fd, int command, int value)',
  );
  const close = libc.declare<(fd: number) => number>('int close(int fd)');
  const fallocate = libc.declare<(fd: number, mode: number, offset: number, length: number) => number>(
    'int fallocate(int fd, int mode, int64_t offset, int64_t length)',
  );
  const posixFallocate = libc.declare<(fd: number, offset: number, length: number) => number>(
    'int posix_fallocate(int fd, int64_t offset, int64_t length)',
  );
  const pipe2 = libc.declare<(ends: Int32Array, flags: number) => number>('int pipe2(_Out_ int *ends, int flags)');
  const mmap = libc.declare<
    (hint: number, length: number, protection: number, flags: number, fd: number, offset: number) => number | bigint
  >('int64_t mmap(int64_t hint, int64_t length, int protection, int flags, int fd, int64_t offset)');
  const munmap = libc.declare<(address: number, length: number) => number>(
    'int munmap(int64_t address, int64_t length)',
  );

  /** Filled, then sealed. */
  const createSealed = (label: string, seals: number, fill: (fd: number) => void): number => {
    const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    const fd = libc.check(memfdCreate(label, flags), 'memfd_create', 'create shared memory', MORE_MEMORY);
    try {
      fill(fd);
      libc.check(fcntl(fd, F_ADD_SEALS, seals), 'fcntl', 'seal shared memory', 'report it');
    } catch (error) {
      close(fd);
      throw error;
    }
    return fd;
  };

  return {
    createAnonymous(label: string, byteLength: number): number {
      return createSealed(label, SEAL_SEAL_SHRINK_GROW, (fd) => {
        libc.check(ftruncate(fd, byteLength), 'ftruncate', `create ${byteLength} bytes of shared memory`, MORE_MEMORY);
      });
    },
    createSealed(label: string, bytes: Uint8Array): number {
      return createSealed(label, SEAL_SEAL_SHRINK_GROW | SEAL_WRITE, (fd) => writeFileSync(fd, bytes));
    },
    map(descriptor: number, byteLength: number): Mapping {
      const address = Number(mmap(0, byteLength, PROT_READ_WRITE, MAP_SHARED_NORESERVE, descriptor, 0));
      if (address === MAP_FAILED) libc.check(-1, 'mmap', `map ${byteLength} bytes of shared memory`, MORE_MEMORY);
      return { address, byteLength };
    },
    unmap(mapping: Mapping): void {
      libc.check(munmap(mapping.address, mapping.byteLength), 'munmap', 'unmap shared memory', 'report it');
    },
    detach(mapping: Mapping): void {
      const { address, byteLength } = mapping;
      const result = mmap(address, byteLength, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE_FIXED, -1, 0);
      libc.check(Number(result) === MAP_FAILED ? -1 : 0, 'mmap', 'let go of shared memory', 'report it');
    },
    view(address: number, byteLength: number): ArrayBuffer {
      return libc.koffi.view(BigInt(address), byteLength);
    },
    punchHole(descriptor: number, offset: number, byteLength: number): void {
      libc.check(
        fallocate(descriptor, FALLOC_KEEP_SIZE_PUNCH_HOLE, offset, byteLength),
        'fallocate',
        'give shared memory back',
        'report it',
      );
    },
    reserve(descriptor: number, byteLength: number): void {
      // The one call here that returns its error instead of setting errno.
      let errno = posixFallocate(descriptor, 0, byteLength);
      while (errno === EINTR) errno = posixFallocate(descriptor, 0, byteLength);
      if (errno === 0) return;
      libc.koffi.errno(errno);
      const code = libc.errorName();
      throw new SystemError(
        code,
        `Cannot reserve ${byteLength} bytes of shared memory: posix_fallocate failed with ${code}; ${MORE_MEMORY}`,
        {
          syscall: 'posix_fallocate',
        },
      );
    },
    createPipe(): [number, number] {
      const ends = new Int32Array(2);
      libc.check(pipe2(ends, O_CLOEXEC), 'pipe2', 'create a pipe', 'raise the limit on open files');
      const [readEnd = -1, writeEnd = -1] = ends;
      // Each end has flags of its own: the reader may block.
      libc.check(fcntl(writeEnd, F_SETFL, O_NONBLOCK), 'fcntl', 'create a pipe', 'report it');
      return [readEnd, writeEnd];
    },
    closeOnExec(descriptor: number): void {
      libc.check(
        fcntl(descriptor, F_SETFD, FD_CLOEXEC),
        'fcntl',
        `use descriptor ${descriptor}`,
        'pass one that is open',
      );
    },
  };
}
