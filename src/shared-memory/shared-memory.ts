import { closeSync, fstatSync } from 'node:fs';
import { StateError } from '../errors/state-error.ts';
import type { Mapping, Native } from '../os/native/contract.ts';
import { requireNative } from '../os/native/native.ts';
import { createName, createNamed, openNamed, pathOf, removeNamed } from './shm-names.ts';

export type SharedMemoryOptions =
  | {
      /** Default: a new one. */
      name?: string;
      create: true;
      /** In bytes, reserved at once: no room is an error here (`ENOSPC`). */
      size: number;
      /** Default true: the name goes when this process dies. */
      track?: boolean;
    }
  | { name: string; create?: false };

const unused = new FinalizationRegistry<() => void>((release) => release());

/**
 * A named block of memory that unrelated processes can attach to. The name goes at `unlink()`, or within 5 s of its
 * creator's death; the memory when the last process has closed it.
 *
 * Errors carry the system's code: `EEXIST` where a new name exists, `ENOENT` where none does, `ENOSPC` where there is no room.
 */
export class SharedMemory implements Disposable {
  readonly name: string;
  readonly size: number;
  readonly #native: Native;
  readonly #path: string;
  readonly #mapping: Mapping;
  readonly #view: Uint8Array;
  #isClosed = false;

  constructor(options: SharedMemoryOptions) {
    const native = requireNative('SharedMemory');
    this.#native = native;
    this.name = options.name ?? createName();
    this.#path = pathOf(this.name);
    let descriptor: number;
    if (options.create === true) {
      if (!Number.isInteger(options.size) || options.size < 1) {
        throw new RangeError(
          `Cannot create shared memory of "${String(options.size)}" bytes; give a whole number from 1 on`,
        );
      }
      descriptor = createNamed(native, this.#path, options.size, options.track ?? true);
    } else {
      if (options.name === undefined)
        throw new TypeError('Cannot attach to shared memory without a name; give one, or create');
      descriptor = openNamed(this.#path);
    }
    const mapping = mapAll(native, descriptor);
    this.#mapping = mapping;
    this.size = mapping.byteLength;
    const buffer = native.memory.view(mapping.address, mapping.byteLength);
    this.#view = new Uint8Array(buffer);
    // The addresses stay taken for as long as a view might look at them.
    unused.register(buffer, () => native.memory.unmap(mapping));
  }

  /** The memory itself. StateError after `close()`. */
  get buf(): Uint8Array {
    if (this.#isClosed)
      throw new StateError(`Cannot use the shared memory "${this.name}": it is closed; attach to it again`);
    return this.#view;
  }

  /** This process is done with it. Idempotent. Views taken before are cut off: they read as zero, and what they write nobody sees. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#native.memory.detach(this.#mapping);
  }

  /** Removes the name; whoever has it attached keeps it. `ENOENT` if it is gone already. */
  unlink(): void {
    removeNamed(this.#path);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The descriptor is not needed once it is mapped. */
function mapAll(native: Native, descriptor: number): Mapping {
  try {
    return native.memory.map(descriptor, fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}
