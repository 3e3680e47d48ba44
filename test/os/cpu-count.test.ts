import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cpuCount } from 'brood';

test('cpuCount() is a whole number from 1 to what the system has', () => {
  assert.ok(Number.isInteger(cpuCount()) && cpuCount() >= 1 && cpuCount() <= availableParallelism());
});

test('cpuCount() respects the affinity of the process', () => {
  const code = "import { cpuCount } from 'brood'; console.log(cpuCount())";
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const [first] =
    /\d+/.exec(
      execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' })
        .split(':')
        .at(-1) ?? '',
    ) ?? [];
  const output = execFileSync('taskset', ['-c', String(first), process.execPath, '--input-type=module', '-e', code], {
    cwd,
    encoding: 'utf8',
  });
  assert.equal(output, '1\n');
});
