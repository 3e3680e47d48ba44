/**
 * Tries, in a few steps and without waiting, to finish what is waited for. True: done, and the wait is over; false:
 * nothing has changed, but perhaps that others look at the gate. May throw, which ends the wait too. `isThorough` asks it to look whether somebody it depends on
 * has died; otherwise it may rely on what is written down.
 */
export type Attempt = (isThorough: boolean) => boolean;

/** What a wait is on. */
export interface WaitPoint {
  /** The gate where those who could end the wait will ring. */
  readonly gate: number;
  /** One success leaves nothing for the next in line, so others need not even try. */
  readonly isExclusive: boolean;
  /** The wait does not keep the program running. */
  readonly isBackground?: boolean;
  /** An attempt for one that has not slept yet, where those who have go first. */
  attemptSoon?(): boolean;
  /** Called when the waiter was woken and its attempt failed all the same. */
  onBeaten?(): void;
}
