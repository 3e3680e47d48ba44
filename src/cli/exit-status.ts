/** What the shell sees. 128 + n is its own convention for "ended by signal n". */
export const ExitStatus = {
  succeeded: 0,
  someFailed: 1,
  usage: 2,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];
