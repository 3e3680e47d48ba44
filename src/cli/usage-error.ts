/** What the command line asks for cannot be done: nothing is wrong inside, and the message is for whoever typed it. */
export class UsageError extends Error {
  static {
    this.prototype.name = 'UsageError';
  }
}
