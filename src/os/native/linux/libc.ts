import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';
import { SystemError } from '../../../errors/system-error.ts';

type Koffi = typeof import('koffi');

/** The C library of this process, and koffi, loaded on first use: that costs about 6 ms. */
export class Libc {
  readonly koffi: Koffi;
  readonly #library: ReturnType<Koffi['load']>;

  constructor() {
    // require, not import: the first use may be synchronous, deep inside a constructor. This entry of koffi's goes straight
    // for the native file of the platform: 5 ms in a child instead of 9.
    this.koffi = createRequire(import.meta.url)('koffi/indirect') as Koffi;
    this.#library = this.koffi.load(null);
  }

  /** A C function, by its declaration. */
  declare<F extends (...args: never[]) => unknown>(declaration: string): F {
    return this.#library.func(declaration) as unknown as F;
  }

  /** The name of the error of the last call on this thread. */
  errorName(): string {
    return getSystemErrorName(-this.koffi.errno());
  }

  /** Passes a result through, or throws what errno says. */
  check(result: number | bigint, syscall: string, action: string, remedy: string): number {
    if (result >= 0) return Number(result);
    const code = this.errorName();
    throw new SystemError(code, `Cannot ${action}: ${syscall} failed with ${code}; ${remedy}`, { syscall });
  }
}
