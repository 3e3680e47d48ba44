/** The longest delay a Node timer takes, in milliseconds; a longer one would fire at once. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;

/** Calls `onDue` after `delay` ms, also beyond what one timer can hold. Does not keep the program alive. */
export function startTimer(delay: number, onDue: () => void): { cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const arm = (left: number): void => {
    if (left === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(
      () => (left > LONGEST_TIMER ? arm(left - LONGEST_TIMER) : onDue()),
      Math.min(left, LONGEST_TIMER),
    );
    timer.unref();
  };
  arm(delay);
  return { cancel: () => clearTimeout(timer) };
}
