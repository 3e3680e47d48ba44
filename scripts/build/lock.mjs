import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './command.mjs';

/**
 * An abstract socket of this checkout: only one process can have it, the system takes it back when that one dies, and there
 * is no moment at which it is half taken. A file with a pid in it has such moments, and stays behind.
 */
const name = `\0brood-build-${createHash('sha256').update(cache).digest('hex').slice(0, 16)}`;

/** Runs `action` while no other script in this checkout builds: they share dist/ and .cache/. */
export async function withLock(action) {
  let lock = await tryLock();
  if (!lock) console.error('Waiting for another build in this checkout');
  for (; !lock; lock = await tryLock()) await sleep(100);
  try {
    return await action();
  } finally {
    lock.close();
  }
}

/** Undefined: somebody else has it. */
function tryLock() {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(name, () => resolve(server));
  });
}
