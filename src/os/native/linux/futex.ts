import type { FutexCalls } from '../contract.ts';
import type { Libc } from './libc.ts';

const SYS_FUTEX = { x64: 202, arm64: 98 } as const;
// Without FUTEX_PRIVATE_FLAG: the sleepers are in other processes.
const FUTEX_WAKE = 1;
const FUTEX_WAIT_BITSET = 9;
const FUTEX_WAKE_BITSET = 10;
const ALL = -1;
/** Longer waits are repeated by the caller; a timespec's seconds must stay far from overflow. */
const LONGEST_WAIT = 1e9;

export type LinuxArch = keyof typeof SYS_FUTEX;

export function createFutexCalls(libc: Libc, arch: LinuxArch): FutexCalls {
  const futexWait = libc.declare<
    (n: number, address: number, op: number, value: number, until: Int32Array, unused: number, mask: number) => number
  >(
    'int64_t syscall(int64_t n, int64_t address, int64_t op, int64_t value, const void *until, int64_t unused, int64_t mask)',
  );
  const futexWake = libc.declare<
    (n: number, address: number, op: number, count: number, unused: number, unused2: number, mask: number) => number
  >(
    'int64_t syscall(int64_t n, int64_t address, int64_t op, int64_t count, int64_t unused, int64_t unused2, int64_t mask)',
  );
  const schedYield = libc.declare<() => number>('int sched_yield()');
  const number = SYS_FUTEX[arch];
  // A timespec of two 64-bit fields; both platforms are little-endian, the upper halves stay zero.
  const until = new Int32Array(4);

  return {
    wait(address: number, expected: number, timeout: number, mask: number): void {
      // WAIT_BITSET takes a moment of CLOCK_MONOTONIC, which is the clock of hrtime.
      const [seconds, nanoseconds] = process.hrtime();
      const wait = Math.min(timeout, LONGEST_WAIT);
      const total = nanoseconds + Math.ceil((wait % 1000) * 1e6);
      until[0] = seconds + Math.floor(wait / 1000) + Math.floor(total / 1e9);
      until[2] = total % 1e9;
      futexWait(number, address, FUTEX_WAIT_BITSET, expected, until, 0, mask);
    },
    wake(address: number, count: number, mask: number): number {
      return Number(futexWake(number, address, mask === ALL ? FUTEX_WAKE : FUTEX_WAKE_BITSET, count, 0, 0, mask));
    },
    yieldCore: () => void schedYield(),
  };
}
