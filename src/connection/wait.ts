import { Process } from '../process/process.ts';
import { endingOf, type Sentinel } from '../process/sentinel.ts';
import { listenForAbort } from '../util/abort.ts';
import { normalizeWait, type Wait, waitFor } from '../util/wait.ts';
import { Connection } from './connection.ts';

type Waitable = Connection | Sentinel | Process;

/** Asks one object: resolves to true once it is ready, to false when `wait` is over. */
type Look = (wait: Wait) => Promise<boolean>;

/**
 * Those of `objects` that are ready, in the given order, as soon as any is; [] if time ran out. A connection is ready when
 * something can be received, its end included; a process, or its sentinel, when it has ended. Takes nothing. Without
 * objects it waits for its time. StateError for a connection that cannot be read, and a process that was not started.
 *
 * @example
 * for (const ready of await wait([connection, child.sentinel], 1000)) …
 */
export async function wait<O extends Waitable>(objects: Iterable<O>, wait?: Wait): Promise<O[]> {
  const { timeout, signal } = normalizeWait(wait);
  signal?.throwIfAborted();
  const all = [...objects];
  const looks = all.map(toLook);
  const deadline = performance.now() + timeout;
  for (;;) {
    const answers = await Promise.all(looks.map((look) => look(0)));
    signal?.throwIfAborted();
    const ready = all.filter((_, index) => answers[index]);
    const left = deadline - performance.now();
    if (ready.length > 0 || left <= 0) return ready;
    // What makes one ready may be taken by somebody else before we look: then it goes on.
    await waitForAny(looks, left, signal);
  }
}

/** Settles when one is ready, or time is over; the other waits are given up. Rejects as the first that rejects. */
async function waitForAny(looks: readonly Look[], timeout: number, signal: AbortSignal | undefined): Promise<void> {
  const rest = new AbortController();
  const unlisten = listenForAbort(signal, () => rest.abort(signal?.reason));
  const waits = [
    waitFor(NEVER, () => false, { timeout, signal: rest.signal }),
    ...looks.map((look) => look({ timeout, signal: rest.signal })),
  ];
  try {
    await Promise.race(waits);
  } finally {
    unlisten();
    rest.abort();
    await Promise.allSettled(waits);
  }
}

const NEVER: Promise<never> = new Promise(() => {});

function toLook(object: Waitable): Look {
  if (object instanceof Connection) return (wait) => object.poll(wait);
  if (object instanceof Process) return (wait) => object.join(wait);
  const ending = endingOf(object);
  if (ending !== undefined) return (wait) => waitFor(ending.ended, ending.isOver, wait);
  throw new TypeError('Cannot wait for an object that is no Connection, Sentinel or Process; leave it out');
}
