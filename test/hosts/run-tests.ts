import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ProgramFolder } from '../support/program-folder.js';

/** What Jest and vitest print with a reporter for programs. */
interface Report {
  readonly testResults: ReadonlyArray<{
    readonly message: string;
    readonly assertionResults: ReadonlyArray<{
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }>;
  }>;
}

/** Runs a test runner, which is to end by itself, and resolves to what failed and how many tests there were. */
export async function runTests(
  project: ProgramFolder,
  ...args: string[]
): Promise<{ failed: string[]; count: number; code: number }> {
  const child = project.start(...args);
  const timer = setTimeout(() => child.kill('SIGKILL'), 110_000);
  const ended = once(child, 'exit');
  const [stdout = '', stderr] = await Promise.all(
    [child.stdout, child.stderr].map(async (it) => String(Buffer.concat(await it.toArray()))),
  );
  const [code, signal] = await ended;
  clearTimeout(timer);
  assert.ok(stdout.startsWith('{'), `ended with ${code ?? signal}: ${stdout}\n${stderr}`);
  const files = (JSON.parse(stdout) as Report).testResults;
  const failed: string[] = [];
  let count = 0;
  for (const { message, assertionResults } of files) {
    if (assertionResults.length === 0) failed.push(message);
    count += assertionResults.length;
    for (const { title, status, failureMessages } of assertionResults)
      if (status !== 'passed') failed.push(`${title}: ${failureMessages.join()}`);
  }
  return { failed, count, code };
}
