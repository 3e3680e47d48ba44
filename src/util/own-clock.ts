/**
 * Node's own timers and clock. The build puts them in the place of the globals of the same names in all that it joins: what a test
 * makes of those (`useFakeTimers()`) is meant for the program under test, and a pool that kept to it would wait for ever.
 */
export const clearImmediate: typeof globalThis.clearImmediate = globalThis.clearImmediate;
export const clearInterval: typeof globalThis.clearInterval = globalThis.clearInterval;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;
export const setInterval: typeof globalThis.setInterval = globalThis.setInterval;
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;

const clock: typeof globalThis.performance = globalThis.performance;

/** What fakes the clock replaces the methods of the global one. */
export const performance: Pick<typeof clock, 'now' | 'timeOrigin'> = {
  now: clock.now.bind(clock),
  timeOrigin: clock.timeOrigin,
};
