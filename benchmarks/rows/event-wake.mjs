import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Event.set() until the waiter in another process runs',
  unit: 'µs',
  better: 'lower',
  size: [50_000],
  quick: [1000],
  parties: [
    node('brood', ['brood/event-wake.mjs', 'sync']),
    node('brood, await', ['brood/event-wake.mjs', 'async']),
    python('CPython', ['synchronize.py', 'event-wake']),
  ],
  goals: [],
};
