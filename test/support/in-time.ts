/**
 * For what has only so much time, as a process that is told to end: where the machine does much else, that may have been too
 * little. Resolves to the first outcome that is in time, of a few attempts, else to the last.
 */
export async function firstInTime<T>(attempt: () => Promise<T>, isInTime: (outcome: T) => boolean): Promise<T> {
  for (let left = 4; ; left -= 1) {
    const outcome = await attempt();
    if (left === 0 || isInTime(outcome)) return outcome;
  }
}
