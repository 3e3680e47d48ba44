import { BroodError } from './brood-error.ts';

/** There was no item, and none came in time. Code `ERR_QUEUE_EMPTY`. */
export class QueueEmpty extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_QUEUE_EMPTY', message, options);
  }

  static {
    this.prototype.name = 'QueueEmpty';
  }
}

/** The queue holds as many items as it may, and none was taken in time. Code `ERR_QUEUE_FULL`. */
export class QueueFull extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_QUEUE_FULL', message, options);
  }

  static {
    this.prototype.name = 'QueueFull';
  }
}

/** Some process has shut the queue down: nothing can be put, and what was in it has been taken. Code `ERR_QUEUE_SHUT_DOWN`. */
export class QueueShutDown extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_QUEUE_SHUT_DOWN', message, options);
  }

  static {
    this.prototype.name = 'QueueShutDown';
  }
}
