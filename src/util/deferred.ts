/** A promise with its two ends; Node 20 has no `Promise.withResolvers`. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T | PromiseLike<T>): void;
  reject(reason: unknown): void;
}

/** Of the promise that is being made. */
let latestResolve: Deferred<never>['resolve'] | undefined;
let latestReject: Deferred<never>['reject'] | undefined;

/** One for all promises: a function for each would be a quarter of what a promise takes. */
function keepEnds(resolve: Deferred<never>['resolve'], reject: Deferred<never>['reject']): void {
  latestResolve = resolve;
  latestReject = reject;
}

export function createDeferred<T>(): Deferred<T> {
  const promise = new Promise<T>(keepEnds); // Which is called before this returns.
  const deferred = { promise, resolve: latestResolve, reject: latestReject } as Deferred<T>;
  latestResolve = undefined;
  latestReject = undefined;
  return deferred;
}
