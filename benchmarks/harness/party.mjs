import { fileURLToPath } from 'node:url';

/**
 * One side of a row: a command that measures once and prints its number. Where arguments are functions they are given
 * the size of the row.
 * @typedef {{ name: string, group?: 'process pool' | 'thread pool', command: (size: number[]) => string[], isOptional?: boolean }} Party
 */

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A program of this folder, in Node. The size of the row is added to its arguments. */
export const node = (name, [program, ...args], more = {}) => ({
  name,
  command: (size) => [process.execPath, here(program), ...args, ...size.map(String)],
  ...more,
});

/** A program of `python/`. The size of the row is added to its arguments. */
export const python = (name, [program, ...args], more = {}) => ({
  name,
  command: (size) => ['python3', here(`python/${program}`), ...args, ...size.map(String)],
  ...more,
});

const PEERS = [
  ['poolifier (cluster)', 'poolifier-cluster', 'process pool'],
  ['tinypool (child_process)', 'tinypool', 'process pool'],
  ['workerpool (process)', 'workerpool', 'process pool'],
  ['jest-worker (process)', 'jest-worker', 'process pool'],
  ['piscina', 'piscina', 'thread pool'],
  ['poolifier (thread)', 'poolifier-thread', 'thread pool'],
];

/** brood and every pool on npm, doing the same work: `program <peer> …args <size>`. */
export const pools = (program, args = []) => [
  node('brood', [program, 'brood', ...args]),
  ...PEERS.map(([name, peer, group]) => node(name, [program, peer, ...args], { group })),
];
