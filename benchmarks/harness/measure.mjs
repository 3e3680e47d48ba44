import { spawn } from 'node:child_process';
import { once } from 'node:events';

const LIMIT = 120_000;

/**
 * Runs a party's command once.
 * @returns {Promise<{ value: number } | { missing: string }>} rejects with what it wrote, if it measured nothing
 */
export async function measure(party, size, environment) {
  const [command, ...args] = party.command(size);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
    detached: true,
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  });
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const [code, signal] = await once(child, 'close');
  killGroup(child.pid);
  const last = output().trimEnd().split('\n').at(-1);
  if (code === 0 && last.startsWith('missing ')) return { missing: last.slice('missing '.length) };
  const value = Number.parseFloat(last);
  if (code === 0 && Number.isFinite(value)) return { value };
  throw new Error(`\`${[command, ...args].join(' ')}\` ended with ${signal ?? code}:\n${output()}${errors()}`);
}

function collect(stream) {
  let text = '';
  stream.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  return () => text;
}

/** Some pools leave workers behind, which would slow down what is measured next. */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {}
}
