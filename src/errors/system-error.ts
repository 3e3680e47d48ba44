import { BroodError } from './brood-error.ts';

/** The operating system refused a call. The code is the errno's name: `ENOENT`, `ENOSPC`, `EMFILE`, … */
export class SystemError extends BroodError {
  /** The system call, as its manual page is called. */
  readonly syscall: string;

  constructor(code: string, message: string, details: { syscall: string }, options?: ErrorOptions) {
    super(code, message, options);
    this.syscall = details.syscall;
  }

  static {
    this.prototype.name = 'SystemError';
  }
}
