import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brood } from './brood.ts';

test('brood doctor says what the machine offers, and starts a worker', async () => {
  const { status, stdout, stderr } = await brood(['doctor']);
  assert.equal(status, 0, stdout + stderr);
  assert.equal(stderr, '');
  const topics = [
    'Node',
    'cores',
    'memory',
    'shared memory',
    'native layer',
    'open files',
    'processes',
    'TypeScript',
    'worker',
  ];
  for (const topic of topics) assert.match(stdout, new RegExp(`^(ok|!!|NO) {2}${topic} +\\S`, 'm'), topic);
  assert.ok(stdout.includes(process.version));
  assert.match(stdout, /^ok {2}worker +started and answered in \d+ ms$/m);
});

test('brood doctor names a limit that will hurt, and what to do', { skip: process.platform === 'win32' }, async () => {
  const { spawn } = await import('node:child_process');
  const { text } = await import('node:stream/consumers');
  const { program } = await import('./brood.ts');
  const shell = spawn('sh', ['-c', `ulimit -n 128; exec "${process.execPath}" "${program}" doctor`]);
  assert.match(await text(shell.stdout), /^!! {2}open files +128 for one process\n +.*ulimit -n/m);
});
