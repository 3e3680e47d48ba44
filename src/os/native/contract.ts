/** A stretch of memory that other processes map too. */
export interface Mapping {
  /** Where it starts in this process; fits a double. */
  readonly address: number;
  readonly byteLength: number;
}

/** Memory without a name, passed on by descriptor; and mapping of any descriptor. */
export interface MemoryCalls {
  /** A sparse anonymous file whose size can never change again, so that no access to it can fail later. Close-on-exec. */
  createAnonymous(label: string, byteLength: number): number;
  /** An anonymous file with these bytes, which nobody can change any more. Close-on-exec. */
  createSealed(label: string, bytes: Uint8Array): number;
  map(descriptor: number, byteLength: number): Mapping;
  unmap(mapping: Mapping): void;
  /** Lets go of the memory but not of the addresses: views left there see private zeros instead of crashing. To be unmapped all the same. */
  detach(mapping: Mapping): void;
  /** An ArrayBuffer over mapped memory. It must not outlive the mapping. */
  view(address: number, byteLength: number): ArrayBuffer;
  /** Gives the pages back to the system; they read as zero afterwards. */
  punchHole(descriptor: number, offset: number, byteLength: number): void;
  /** Reserves every page now, so that a full file system is an error here and no signal later. */
  reserve(descriptor: number, byteLength: number): void;
  /** The reading and the writing end, both close-on-exec. What does not fit when it is written fails with EAGAIN. */
  createPipe(): [number, number];
  /** Keeps a descriptor that was inherited from being inherited further by accident. */
  closeOnExec(descriptor: number): void;
}

/** Sleeping on a word of shared memory. A sleeper that dies leaves nothing behind. */
export interface FutexCalls {
  /**
   * Sleeps while the word at `address` is `expected`, for at most `timeout` milliseconds, until a wake whose mask shares
   * a bit with `mask`. May return early for no reason.
   */
  wait(address: number, expected: number, timeout: number, mask: number): void;
  /** Wakes at most `count` sleepers whose mask shares a bit with `mask`; returns how many. */
  wake(address: number, count: number, mask: number): number;
  /** Lets those run first who wait for this core; comes back at once if nobody does. */
  yieldCore(): void;
}

/** What can be rung from any process that knows its name, and what an event loop can sleep on. Gone with its process. */
export interface BellCalls {
  /** Calls `onRing` from the event loop after one or more rings. Does not keep the program alive. */
  open(name: string, onRing: () => void): Disposable;
  /** False: nobody listens to that name. Never blocks. */
  ring(name: string): boolean;
}

/** The deaths of processes that need not be one's own children. */
export interface DeathCalls {
  /** Calls `onDeath` once from the event loop when the process or thread ends, soon if it has. Does not keep the program alive. */
  watch(id: number, onDeath: () => void): Disposable;
  /** Takes note of the end of a child of this process, for which Node does not wait. Nothing if it runs, or is no child of this process. */
  reap(pid: number): void;
}

/** Descriptors that go from one process to another, which then has its own. Gone with the processes that have them. */
export interface DescriptorCalls {
  /** A place where any process may leave descriptors for this one. The name must be new. */
  openBox(name: string): DescriptorBox;
  /** Leaves a copy in the box of that name, with a note of at most 64 characters. False: there is no such box, or it is full. Never blocks. */
  leave(name: string, note: string, descriptor: number): boolean;
}

export interface DescriptorBox extends Disposable {
  /** Undefined if none with that note is there. All others are closed: strangers may leave some, too. Close-on-exec. */
  take(note: string): number | undefined;
}

/** What C code of this process has its memory from, and so the buffers of JavaScript. */
export interface AllocatorCalls {
  /**
   * From now on freed memory stays in the process, at most about `most` bytes of it in one piece, until `trim`: what is allocated next is
   * there at once, where the system would have to clear new pages. Does nothing where the allocator has no such setting.
   */
  keepFreed(most: number): void;
  /** Gives freed memory back to the system. It may take some milliseconds for each 100 MiB. */
  trim(): void;
}

/** Who this thread is to the system: `id` is a process id for a main thread. */
export interface ThreadCalls {
  currentId(): number;
}

export interface Native {
  readonly memory: MemoryCalls;
  readonly allocator: AllocatorCalls;
  readonly futex: FutexCalls;
  readonly bells: BellCalls;
  readonly deaths: DeathCalls;
  readonly descriptors: DescriptorCalls;
  readonly threads: ThreadCalls;
}
