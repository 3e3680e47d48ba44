import type { Native } from '../contract.ts';
import { createAllocatorCalls } from './allocator.ts';
import { createBellCalls } from './bells.ts';
import { createDeathCalls } from './deaths.ts';
import { createDescriptorCalls } from './descriptors.ts';
import { createFutexCalls, type LinuxArch } from './futex.ts';
import { Libc } from './libc.ts';
import { createMemoryCalls } from './memory.ts';

/** Linux on x64 and arm64, glibc and musl. */
export function createLinuxNative(arch: LinuxArch): Native {
  // Not imported at the top: loading it is a part of every child's start, and not every child comes here.
  const { isMainThread } = process.getBuiltinModule('node:worker_threads');
  const libc = new Libc();
  const gettid = libc.declare<(n: number) => number>('int64_t syscall(int64_t n)');
  const SYS_GETTID = { x64: 186, arm64: 178 }[arch];
  return {
    memory: createMemoryCalls(libc),
    allocator: createAllocatorCalls(libc),
    futex: createFutexCalls(libc, arch),
    bells: createBellCalls(libc, isMainThread),
    deaths: createDeathCalls(libc, isMainThread),
    descriptors: createDescriptorCalls(libc),
    threads: { currentId: () => Number(gettid(SYS_GETTID)) },
  };
}
