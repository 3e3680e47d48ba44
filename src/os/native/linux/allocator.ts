import type { AllocatorCalls } from '../contract.ts';
import type { Libc } from './libc.ts';

const M_TRIM_THRESHOLD = -1;
const M_MMAP_MAX = -4;

interface Glibc {
  readonly mallopt: (parameter: number, value: number) => number;
  readonly mallocTrim: (pad: number) => number;
}

/** glibc's. It gives large blocks a mapping each, which is unmapped when they are freed, unless it is told to have no mappings. */
export function createAllocatorCalls(libc: Libc): AllocatorCalls {
  let glibc: Glibc | undefined;
  return {
    keepFreed(most: number): void {
      glibc ??= findGlibc(libc);
      glibc?.mallopt(M_MMAP_MAX, 0);
      glibc?.mallopt(M_TRIM_THRESHOLD, most);
    },
    trim(): void {
      glibc?.mallocTrim(0);
    },
  };
}

/** Undefined with musl, which has nothing to be set. */
function findGlibc(libc: Libc): Glibc | undefined {
  try {
    return {
      mallopt: libc.declare('int mallopt(int parameter, int value)'),
      mallocTrim: libc.declare('int malloc_trim(size_t pad)'),
    };
  } catch {
    return undefined;
  }
}
