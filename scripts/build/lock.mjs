import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './command.mjs';

const path = join(cache, 'lock');

/** Runs `action` while no other script in this checkout builds: they share dist/ and .cache/. */
export async function withLock(action) {
  mkdirSync(cache, { recursive: true });
  let isWaiting = false;
  while (!tryLock()) {
    if (!isWaiting) console.error('Waiting for another build in this checkout');
    isWaiting = true;
    await sleep(100);
  }
  try {
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock() {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld()) rmSync(path, { force: true });
    return false;
  }
}

/** An owner that was killed left its file behind. An empty file belongs to someone about to write its pid. */
function isHeld() {
  try {
    const owner = readFileSync(path, 'utf8');
    if (owner !== '') process.kill(Number(owner), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
