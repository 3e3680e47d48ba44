import { parentPort, workerData } from 'node:worker_threads';
import { inheritArena } from '#dist/memory/inherited-arena.js';
import { decode } from '../support/shared.js';

// A thread of the test's process, with a party of its own.
inheritArena(workerData.arena.descriptor, workerData.arena.mapping);
const { lock, event } = decode(workerData.input);
event.asSignal();
await lock.acquire();
parentPort?.postMessage('held');
await event.wait();
setInterval(() => {}, 1e6);
