import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgramFolder } from '../support/program-folder.js';
import { runTests } from './run-tests.js';
import { isMissing, source, tool } from './tools.js';

/** Tests in the suite, and in the file that is TypeScript. */
const COUNT = Number(source('suite.mjs').match(/^test\(/gm)?.length) + 2;

for (const pool of ['forks', 'threads']) {
  test(`In vitest with pool "${pool}" pools work`, { skip: isMissing }, async () => {
    const project = new ProgramFolder();
    symlinkSync(tool('vitest'), join(project.path, 'node_modules', 'vitest'));
    project.write('suite.test.mjs', source('suite.mjs'));
    project.write('work.mjs', source('work.mjs'));
    project.write('typed.test.ts', source('typed.ts'));
    project.write('shapes.ts', source('shapes.ts'));
    project.write('package.json', '{ "type": "module" }');
    const limits = ['--testTimeout', '60000', '--hookTimeout', '60000'];
    const options = ['--root', project.path, '--globals', '--pool', pool, '--reporter', 'json', ...limits];
    const outcome = await runTests(project, tool('vitest/vitest.mjs'), 'run', ...options);
    assert.deepEqual(outcome, { failed: [], count: COUNT, code: 0 });
  });
}
