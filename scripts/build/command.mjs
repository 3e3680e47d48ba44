import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Where everything generated lives, apart from dist/. */
export const cache = join(root, '.cache');

/** A step that did not hold. Its message is all there is to say; a stack would not help. */
class StepFailure extends Error {}

export function fail(message) {
  throw new StepFailure(message);
}

/** Ends the program with the error's story: the last `catch` of every script. */
export function reportFailure(error) {
  console.error(error instanceof StepFailure ? error.message : error);
  process.exit(1);
}

/** Runs a command without stdin; resolves to its stdout, rejects with all its output if it does not exit with 0. */
export function run(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      all += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      all += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(stdout);
      reject(new StepFailure(`${all.trimEnd()}\n\`${[command, ...args].join(' ')}\` ended with ${signal ?? code}`));
    });
  });
}

/** Runs a development tool of node_modules/.bin. */
export const runTool = (name, args) => run(join(root, 'node_modules', '.bin', name), args);
