import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { ProgramFolder } from '../support/program-folder.js';
import { runTests } from './run-tests.js';
import { isMissing, source, tool } from './tools.js';

/** Tests in the suite. */
const COUNT = Number(source('suite.mjs').match(/^test\(/gm)?.length);

const babel = [
  [tool('@babel/preset-env'), { targets: { node: 'current' } }],
  [tool('@babel/preset-typescript'), { allowImportingTsExtensions: true, rewriteImportExtensions: false }],
];

/** Runs Jest on a project of these files. */
async function runJest(
  files: Record<string, string>,
  { node = [], config = {} }: { node?: string[]; config?: object } = {},
): ReturnType<typeof runTests> {
  const project = new ProgramFolder();
  for (const [name, text] of Object.entries(files)) project.write(name, text);
  const settings = {
    rootDir: project.path,
    testEnvironment: 'node',
    testMatch: ['**/*.test.*'],
    transform: {},
    watchman: false,
    testTimeout: 60_000,
    cacheDirectory: join(project.path, 'cache'),
    ...config,
  };
  return await runTests(project, ...node, tool('jest/bin/jest.js'), '--json', '--config', JSON.stringify(settings));
}

function asCommonJs(text: string): string {
  return text.replace(/^import (.+?) from (.*);$/gm, 'const $1 = require($2);').replaceAll('.mjs', '.cjs');
}

/** Exports at the end, where all are initialized. */
function moduleAsCommonJs(text: string): string {
  const names = [...text.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
  return `${text.replace(/^export /gm, '')}\nmodule.exports = { ${names.join(', ')} };\n`;
}

test('In Jest pools work in CommonJS', { skip: isMissing }, async () => {
  const files = { 'suite.test.cjs': asCommonJs(source('suite.mjs')), 'work.cjs': moduleAsCommonJs(source('work.mjs')) };
  assert.deepEqual(await runJest(files), { failed: [], count: COUNT, code: 0 });
});

test('In Jest pools work in CommonJS that TypeScript makes', { skip: isMissing }, async () => {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const compiled = (name: string): string =>
    ts.transpileModule(source(name), { compilerOptions }).outputText.replaceAll('.mjs', '.cjs');
  const outcome = await runJest({ 'suite.test.cjs': compiled('suite.mjs'), 'work.cjs': compiled('work.mjs') });
  assert.deepEqual(outcome, { failed: [], count: COUNT, code: 0 });
});

test('In Jest pools work in ES modules', { skip: isMissing }, async () => {
  const files = { 'suite.test.mjs': source('suite.mjs'), 'work.mjs': source('work.mjs') };
  const outcome = await runJest(files, {
    node: ['--experimental-vm-modules'],
    config: { moduleFileExtensions: ['mjs', 'js'] },
  });
  assert.deepEqual(outcome, { failed: [], count: COUNT, code: 0 });
});

test('In Jest pools work in ES modules and TypeScript that Babel makes CommonJS of', { skip: isMissing }, async () => {
  const files = {
    'suite.test.js': source('suite.mjs').replaceAll('.mjs', ''),
    'work.js': source('work.mjs'),
    'typed.test.ts': source('typed.ts').replace('./shapes.ts', './shapes'),
    'shapes.ts': source('shapes.ts'),
  };
  const transform = { '\\.[jt]s$': [tool('babel-jest'), { presets: babel, sourceMaps: 'both' }] };
  assert.deepEqual(await runJest(files, { config: { transform } }), { failed: [], count: COUNT + 2, code: 0 });
});
