import type { Libc } from './libc.ts';

/** Those that have not ended. */
const watches = new Set<Disposable>();
let endsWithProgram = false;

/**
 * Calls back whenever a descriptor has something to read, without keeping the event loop alive. All end with the program's
 * 'exit' event: a descriptor that koffi watches and that stirs while Node takes itself apart aborts the process.
 */
export function watchReadable({ koffi }: Libc, fd: number, onReadable: () => void, onEnd: () => void): Disposable {
  const poll = koffi.node.poll(fd, { readable: true }, () => {
    // On Node 26 nothing follows this call that lets promises go on: they would wait for the next timer. An immediate comes in
    // the same turn of the event loop.
    setImmediate(nothing);
    onReadable();
  });
  poll.unref();
  const watch = {
    [Symbol.dispose](): void {
      if (!watches.delete(watch)) return;
      poll.stop();
      poll.close();
      onEnd();
    },
  };
  watches.add(watch);
  if (!endsWithProgram) process.once('exit', endAll);
  endsWithProgram = true;
  return watch;
}

function endAll(): void {
  for (const watch of watches) watch[Symbol.dispose]();
}

function nothing(): void {}
