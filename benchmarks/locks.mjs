#!/usr/bin/env node
/**
 * Locks and events against CPython's multiprocessing, in one run on one machine, alternating, medians.
 *
 *   node benchmarks/locks.mjs [rounds]
 *
 * Needs `npm run build` and python3.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { arenaIfOpen } from '../dist/memory/current-arena.js';
import { share } from '../dist/shared-memory/share.js';
import { bytesHandle } from '../dist/shared-memory/shared-bytes.js';
import { Event } from '../dist/synchronize/event.js';
import { eventHandle } from '../dist/synchronize/event-handle.js';
import { Lock } from '../dist/synchronize/lock.js';
import { lockHandle } from '../dist/synchronize/lock-handles.js';

const rounds = Number(process.argv[2] ?? 5);
const program = fileURLToPath(new URL('./locks-child.mjs', import.meta.url));
const python = (what) =>
  Number(execFileSync('python3', [fileURLToPath(new URL('./locks.py', import.meta.url)), what], { encoding: 'utf8' }));

function startChild(part, input) {
  const descriptor = arenaIfOpen().descriptor;
  const child = spawn(process.execPath, [program, part, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit', descriptor],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { hear: async () => JSON.parse((await lines.next()).value), ended: once(child, 'exit') };
}

const ours = {
  uncontended() {
    const lock = new Lock();
    const times = 1_000_000;
    const start = performance.now();
    for (let n = 0; n < times; n += 1) {
      lock.acquireSync();
      lock.release();
    }
    return ((performance.now() - start) * 1e6) / times;
  },
  async contended() {
    const [lock, go] = [new Lock(), new Event()];
    const children = [0, 1].map(() =>
      startChild('contend', { lock: lockHandle.encode(lock), go: eventHandle.encode(go), times: 200_000 }),
    );
    for (const child of children) await child.hear();
    const start = performance.now();
    go.set();
    for (const child of children) await child.hear();
    return ((performance.now() - start) * 1e6) / 400_000;
  },
  async handOver(style = 'sync') {
    const events = Array.from({ length: 2 }, () => new Event());
    const times = 3000;
    const children = [0, 1].map((side) =>
      startChild('handOver', { events: events.map((event) => eventHandle.encode(event)), side, times, style }),
    );
    for (const child of children) await child.hear();
    const start = performance.now();
    events[0].set();
    for (const child of children) await child.hear();
    return ((performance.now() - start) * 1e6) / (2 * times);
  },
  handOverAsync: () => ours.handOver('async'),
  async pass(mebibytes) {
    const view = share(new Uint8Array(mebibytes * 2 ** 20));
    const child = startChild('receive', { views: Array.from({ length: 500 }, () => bytesHandle.encode(view)) });
    return await child.hear();
  },
};

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const show = (name, value, other, label) =>
  console.log(
    `${name.padEnd(52)} ${value.toFixed(0).padStart(9)} ns  ${label} ${other.toFixed(0).padStart(9)} ns  ${(value / other).toFixed(2)}×`,
  );

for (const [name, part, reference] of [
  ['Lock acquire + release, nobody else', 'uncontended', 'uncontended'],
  ['Lock acquire + release, two processes at once', 'contended', 'contended'],
  ['Event set → wake in another process, blocking', 'handOver', 'handOver'],
  ['Event set → wake in another process, asynchronous', 'handOverAsync', 'handOver'],
]) {
  const [mine, theirs] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    mine.push(await ours[part]());
    theirs.push(python(reference));
  }
  show(name, median(mine), median(theirs), 'CPython');
}
const [small, large] = [[], []];
for (let round = 0; round < rounds; round += 1) {
  small.push(await ours.pass(1));
  large.push(await ours.pass(64));
}
show('share(): a view of 64 MiB received', median(large), median(small), '1 MiB  ');
