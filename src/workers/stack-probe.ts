import type { WebSocket } from 'ws';
import { processTable } from '../os/process-table.ts';
import { importModule } from '../util/import-module.ts';
import { OWN_ROOT } from '../util/own-files.ts';
import { startTimer } from '../util/timer.ts';
import type { StderrRelay } from './stderr-relay.ts';

/** Node's options for a process whose stack may be read: they cost nothing until SIGUSR1 comes. */
export const PROBE_OPTIONS: readonly string[] = ['--inspect-port=127.0.0.1:0', '--inspect-publish-uid=stderr'];

interface CallFrame {
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
}

type InspectorMessage =
  | { readonly method: 'Debugger.scriptParsed'; readonly params: { readonly scriptId: string; readonly url: string } }
  | { readonly method: 'Debugger.paused'; readonly params: { readonly callFrames: readonly CallFrame[] } }
  | { readonly method?: undefined };

/**
 * How long a process that runs may take until its inspector has woken, and again until that has told, in milliseconds:
 * generous, since a tenth of this is enough unless the machine is overloaded. It bounds the process that is in native code.
 */
const TELLING = 2000;

/**
 * Where a process's JavaScript is right now, innermost frame first, also in a loop that never ends: SIGUSR1 wakes its
 * inspector, which says on stderr where it listens, at a URL nobody else can guess. Empty if it has not woken after `limit`
 * ms although it waits for no core, as in a system call, or stopped; and if it is in native code. The process goes on afterwards.
 */
export async function readStack(pid: number, stderr: StderrRelay, limit: number): Promise<string[]> {
  let socket: WebSocket | undefined;
  try {
    // Not at the top: with what it loads itself it doubles the time that `import 'brood'` takes, in every child too.
    const loading = importModule<typeof import('ws')>('ws');
    const listening = stderr.expectInspector();
    process.kill(pid, 'SIGUSR1');
    const isStarved = (): boolean => processTable.isRunnable(pid);
    const url = (await within(limit, listening)) ?? (isStarved() ? await within(TELLING, listening) : undefined);
    if (url === undefined) return [];
    const { WebSocket } = await loading;
    socket = new WebSocket(url);
    return (await within(Math.max(TELLING, limit), pause(socket))) ?? [];
  } catch {
    return []; // The process ended meanwhile, or has taken SIGUSR1 for itself: then nobody can tell.
  } finally {
    socket?.terminate(); // The inspector resumes a process whose last client is gone.
  }
}

async function within<T>(limit: number, event: Promise<T>): Promise<T | undefined> {
  let timer: { cancel(): void } | undefined;
  const isLate = new Promise<undefined>((resolve) => {
    timer = startTimer(limit, () => resolve(undefined));
  });
  try {
    return await Promise.race([event, isLate]);
  } finally {
    timer?.cancel();
  }
}

/** The user's frames, once the process has paused. */
function pause(socket: WebSocket): Promise<string[]> {
  const urls = new Map<string, string>();
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the inspector hung up')));
    socket.on('open', () => {
      for (const [id, method] of ['Debugger.enable', 'Debugger.pause'].entries())
        socket.send(JSON.stringify({ id, method }));
    });
    socket.on('message', (text) => {
      const message = JSON.parse(String(text)) as InspectorMessage;
      if (message.method === 'Debugger.scriptParsed') urls.set(message.params.scriptId, message.params.url);
      if (message.method === 'Debugger.paused') resolve(describeFrames(message.params.callFrames, urls));
    });
  });
}

/** From the innermost frame to the last that is not the library's own: what is outside of it says nothing about the task. */
function describeFrames(frames: readonly CallFrame[], urls: ReadonlyMap<string, string>): string[] {
  const described: string[] = [];
  for (const [depth, { functionName, location }] of frames.entries()) {
    const url = urls.get(location.scriptId) ?? '';
    // Node 26 emits an event when the inspector wakes, on top of what that interrupted.
    if (depth === 0 && functionName === 'emit' && url === 'node:events') continue;
    if (url.startsWith(OWN_ROOT)) break;
    if (url.startsWith('node:internal/')) continue;
    described.push(`${functionName || '(anonymous)'} (${url}:${location.lineNumber + 1}:${location.columnNumber + 1})`);
  }
  return described;
}
