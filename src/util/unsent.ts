const unsent = new Set<Promise<unknown>>();

/** The program should not end before this has settled: something of it is still to leave the process. */
export function addUnsent(sending: Promise<unknown>): void {
  unsent.add(sending);
  const remove = (): void => removeUnsent(sending);
  sending.then(remove, remove);
}

export function removeUnsent(sending: Promise<unknown>): void {
  unsent.delete(sending);
}

/** Resolves when everything has left, or never will. */
export async function allSent(): Promise<void> {
  while (unsent.size > 0) await Promise.race([...unsent].map((sending) => sending.catch(() => {})));
}
