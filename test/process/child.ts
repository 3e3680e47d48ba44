import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { activeChildren, Process, type ProcessOptions } from 'brood';

/** A started process whose lines of JSON are read one by one. */
export interface Started {
  readonly child: Process;
  /** The next line it says; rejects if it ends without. */
  hear(): Promise<unknown>;
  readonly stderr: Promise<string>;
}

/** Starts `target` with its output piped; it is killed when the test ends, however it ends. */
export function start(t: TestContext, options: ProcessOptions): Started {
  return listen(t, new Process({ stdio: 'pipe', ...options }));
}

export function listen(t: TestContext, child: Process): Started {
  child.start();
  void child.join(); // Reading from a daemon does not keep a program alive; waiting for its end does.
  t.after(async () => {
    if (!activeChildren().includes(child)) return;
    child.kill();
    await child.join();
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const stderr = text(child.stderr as NodeJS.ReadableStream);
  return {
    child,
    stderr,
    async hear() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`it ended instead of saying something; stderr: ${await stderr}`);
      return JSON.parse(value);
    },
  };
}

/** Starts `target` and resolves when it says that it is up. */
export async function startUp(t: TestContext, options: ProcessOptions): Promise<Started> {
  const started = start(t, options);
  const said = await started.hear();
  if (said !== 'up') throw new Error(`it said ${JSON.stringify(said)} instead of "up"`);
  return started;
}

/** Runs `target` to its end and resolves to all that it said, and how it ended. */
export async function runToEnd(
  t: TestContext,
  options: ProcessOptions,
): Promise<{ said: unknown[]; stdout: string; stderr: string; exitCode: number | null }> {
  const child = new Process({ stdio: 'pipe', ...options });
  child.start();
  void child.join(); // Reading from a daemon does not keep a program alive; waiting for its end does.
  t.after(() => child.close());
  const [stdout, stderr] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    child.join(),
  ]);
  return { said: parseLines(stdout), stdout, stderr, exitCode: child.exitCode };
}

function parseLines(output: string): unknown[] {
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.every((line) => /^[[{"\dntf]/.test(line)) ? lines.map((line) => JSON.parse(line)) : [];
}
