/** Throws a TypeError for what is no signal. That of another realm, or of a stand-in such as jsdom, is one: it does what is needed of it. */
export function checkSignal(signal: unknown): void {
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return;
  throw new TypeError('Cannot use signal: it is no AbortSignal; pass that of an AbortController');
}

/** Who waits for a signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` once, when the signal aborts, unless the returned function is called before. However many wait for one
 * signal, it has one listener of ours: Node 20 warns of a leak at the eleventh, and a thousand tasks may well share one.
 */
export function listenForAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (!signal) return () => {};
  let listeners = waiting.get(signal);
  if (!listeners) {
    listeners = new Set();
    waiting.set(signal, listeners);
    signal.addEventListener('abort', callAll, { once: true });
  }
  const entry = (): void => listener(); // One function may wait more than once.
  listeners.add(entry);
  return () => forget(signal, entry);
}

function callAll(this: AbortSignal): void {
  const listeners = waiting.get(this) ?? [];
  waiting.delete(this);
  // One that throws must not keep the others waiting; its error is then reported as that of any listener.
  const errors: unknown[] = [];
  for (const listener of listeners) {
    try {
      listener();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

function forget(signal: AbortSignal, entry: () => void): void {
  const listeners = waiting.get(signal);
  listeners?.delete(entry);
  if (listeners?.size !== 0) return;
  waiting.delete(signal);
  signal.removeEventListener('abort', callAll);
}
