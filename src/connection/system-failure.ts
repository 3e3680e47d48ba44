import { SystemError } from '../errors/system-error.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'choose another address, or stop what uses it',
  ECONNREFUSED: 'start the listener first',
  ENOENT: 'start the listener first',
  EACCES: 'use an address that this user may use',
};

/** An error of Node's as ours, with the same code. */
export function toSystemError(error: Error, action: string, syscall: string): SystemError {
  const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
  return new SystemError(
    code,
    `Cannot ${action}: ${syscall} failed with ${code}; ${REMEDIES[code] ?? 'see the cause'}`,
    { syscall },
    { cause: error },
  );
}
