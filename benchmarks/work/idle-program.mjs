import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** V8 collects garbage once more some eight seconds after the last work. */
const SETTLING = 12_000;

/**
 * Starts a program that prints a line of JSON once it idles and ends with its stdin; looks at it when it has settled.
 * @param {string[]} args arguments of `node`
 * @param {(pid: number, line: any) => T | Promise<T>} look
 */
export async function lookAtIdle(args, look) {
  const program = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(program.stdout), 'line');
  await sleep(SETTLING);
  const seen = await look(program.pid, JSON.parse(line));
  program.stdin.end();
  await once(program, 'exit');
  return seen;
}

/** A bare Node that does nothing, in the way `lookAtIdle` wants it. */
export const BARE_NODE = ['-e', 'process.stdin.resume(); console.log("[]")'];
