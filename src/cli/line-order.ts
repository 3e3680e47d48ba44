import { createDeferred, type Deferred } from '../util/deferred.ts';

/** Finished lines that may wait for an earlier one, in characters. Beyond it nothing new starts until that one ends. */
const MAX_HELD = 64 * 1024 * 1024;
/** What keeping a line costs beside its text. */
const LINE_OVERHEAD = 128;

type Write = (line: string) => Promise<void> | undefined;

/** Takes lines in any order and passes them on: `add` settles once its caller may produce more. */
export interface LineOrder {
  add(index: number, line: string): Promise<void> | undefined;
  /** Passes on whatever waits for lines that will not come. */
  flush(): void;
}

/** As they come. */
export function passThrough(write: Write): LineOrder {
  return { add: (_, line) => write(line), flush: () => {} };
}

/**
 * By index, without gaps. Only callers whose line is held back are made to wait, so whoever produces the line that all
 * wait for never waits itself, as long as each caller adds its own lines in ascending order.
 */
export function inOrder(write: Write): LineOrder {
  const held = new Map<number, string>();
  let heldSize = 0;
  let next = 0;
  let room: Deferred<void> | null = null;

  function release(line: string): Promise<void> | undefined {
    heldSize -= line.length + LINE_OVERHEAD;
    return write(line);
  }

  function passOn(): Promise<void> | undefined {
    let written: Promise<void> | undefined;
    for (let line = held.get(next); line !== undefined; line = held.get(next)) {
      held.delete(next);
      next += 1;
      written = release(line);
    }
    if (heldSize < MAX_HELD) {
      room?.resolve();
      room = null;
    }
    return written;
  }

  return {
    add(index, line) {
      held.set(index, line);
      heldSize += line.length + LINE_OVERHEAD;
      if (index === next) return passOn();
      if (heldSize < MAX_HELD) return;
      room ??= createDeferred<void>();
      return room.promise;
    },
    flush() {
      for (const [index, line] of [...held].sort(([a], [b]) => a - b)) {
        next = index + 1;
        release(line);
      }
      held.clear();
      room?.resolve();
      room = null;
    },
  };
}
