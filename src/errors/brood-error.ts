/** Base of every error this library raises on its own account. */
export class BroodError extends Error {
  /** Stable and documented; safe to switch on. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    this.prototype.name = 'BroodError';
  }
}
