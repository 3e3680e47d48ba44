import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brood, fixture, fixtureFolder, makeFolder, task, version } from './brood.ts';

const folder = makeFolder();

/** Runs to an error of usage and returns its text. */
async function usageError(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await brood(args);
  assert.equal(status, 2, stderr);
  assert.equal(stdout, '');
  return stderr;
}

test('--version prints the version of the package', async () => {
  for (const option of ['--version', '-V']) {
    assert.deepEqual(await brood([option]), { status: 0, signal: null, stdout: `${version}\n`, stderr: '' });
  }
});

test('Each --help says what there is, with examples, on stdout', async () => {
  const options = ['--files', '--lines', '--ndjson', '--jobs', '--timeout', '--retries', '--unordered', '--chunk'];
  const more = ['--output', '--halt', '--resume', '--quiet'];
  const expected = { '': ['map', 'doctor'], map: [...options, ...more], doctor: ['Exit status'] };
  for (const [command, words] of Object.entries(expected)) {
    const { status, stdout, stderr } = await brood([...(command ? [command] : []), '--help']);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    for (const word of [...words, 'Examples:', '$ brood ']) assert.ok(stdout.includes(word), `${command}: ${word}`);
  }
  assert.equal((await brood(['help', 'map'])).status, 0);
});

test('An unknown option or command is an error of usage with a suggestion', async () => {
  assert.match(
    await usageError('map', task('double'), '1', '--timout', '5s'),
    /--timout.*\n.*Did you mean --timeout\?/,
  );
  assert.match(await usageError('mapp', task('double')), /mapp.*\n.*Did you mean map\?/);
  assert.match(await usageError('doctor', 'extra'), /too many arguments/);
});

test('No command, no module and no inputs are errors of usage', async () => {
  assert.match(await usageError(), /Usage: brood/);
  assert.match(await usageError('map'), /missing required argument 'module/);
  assert.match(await usageError('map', task('double')), /Cannot map: there are no inputs; give them as arguments, or/);
});

test('An option that cannot be read says how to write it', async () => {
  const cases = {
    '--jobs': ['0', '-1', 'many', '1.5'],
    '--timeout': ['5 parsecs', '0', 'soon'],
    '--retries': ['-1', 'often'],
    '--chunk': ['0', 'big'],
    '--halt': ['never', 'now,fail=0', 'soon,done=3', 'now,fail='],
  };
  for (const [option, values] of Object.entries(cases)) {
    for (const value of values) {
      const message = await usageError('map', task('double'), '1', `${option}=${value}`);
      assert.match(message, new RegExp(`^brood: Cannot read ${option} "${value}": it is no .+; .*write `), message);
    }
  }
});

test('Two sources of inputs, and --resume without --output, are errors of usage', async () => {
  assert.match(await usageError('map', task('double'), '--lines', '--ndjson'), /--lines and --ndjson are both given/);
  assert.match(await usageError('map', task('double'), '1', '--resume'), /Cannot resume: .*; name it with --output/);
  assert.match(await usageError('map', task('double'), '1', '--resume', '-o', '-'), /Cannot resume/);
});

test('A module that is not there says so, and what was perhaps meant', async () => {
  assert.match(await usageError('map', './no-such.mjs', '1'), /^brood: Cannot load "\.\/no-such\.mjs": no such file; /);
  const { stderr } = await brood(['map', './tasks#double', '1'], { cwd: fixtureFolder });
  assert.match(stderr, /Cannot load "\.\/tasks": no such file; did you mean ".*tasks\.mjs"/);
  assert.match(await usageError('map', folder, '1'), /: it is a folder; /);
  assert.match(await usageError('map', `${fixture('tasks.mjs')}#`, '1'), /the name after # is missing/);
});

test('A missing export names those that there are', async () => {
  assert.match(
    await usageError('map', task('dubble'), '1'),
    /Cannot load ".*tasks\.mjs": it has no export "dubble"; name a function .*: .*double/,
  );
});

test('An export that is no function is refused', async () => {
  assert.match(
    await usageError('map', task('notAFunction'), '1'),
    /: its export "notAFunction" is of type number; name a function/,
  );
});

test('A module that throws, or exits, when it is imported is told once, not for each input', async () => {
  const message = await usageError('map', fixture('throws-at-import.mjs'), '1', '2', '3');
  assert.equal(message.match(/this module cannot be imported/g)?.length, 1, message);
  assert.match(message, /Cannot load ".*throws-at-import\.mjs": importing it failed/);
  assert.match(
    await usageError('map', fixture('exits-at-import.mjs'), '1', '2'),
    /Cannot load ".*exits-at-import\.mjs": /,
  );
});

test('A syntax error is shown with its place', async () => {
  const module = join(folder, 'syntax.mjs');
  writeFileSync(module, 'export const fine = 1;\nexport const = 2;\n');
  const message = await usageError('map', module, '1');
  assert.match(
    message,
    /importing it failed; mend this first\n.*syntax\.mjs:2\nexport const = 2;\n +\^\nSyntaxError: /,
  );
});

test('Inputs that cannot be read are an error of usage, and the output is not touched', async () => {
  const output = join(folder, 'kept.ndjson');
  writeFileSync(output, 'kept\n');
  for (const path of [join(folder, 'none.txt'), folder]) {
    const message = await usageError('map', task('double'), '--lines', path, '-o', output);
    assert.match(message, /Cannot read inputs from ".*": .+; give a file that can be read/);
  }
  await usageError('map', task('dubble'), '1', '-o', output);
  const fresh = join(folder, 'fresh.ndjson');
  await usageError('map', task('dubble'), '1', '-o', fresh);
  assert.equal(existsSync(fresh), false);
  assert.equal(readFileSync(output, 'utf8'), 'kept\n');
});

test('An --output that is also an input is refused before it is emptied', async () => {
  const both = join(folder, 'both.txt');
  writeFileSync(both, '1\n');
  const message = await usageError('map', task('double'), '--lines', both, '-o', join(folder, '.', 'both.txt'));
  assert.match(message, /Cannot write to ".*both\.txt": it is an input; /);
  assert.equal(readFileSync(both, 'utf8'), '1\n');
});

test('A folder as --output is an error of usage', async () => {
  mkdirSync(join(folder, 'sub'));
  assert.match(await usageError('map', task('double'), '1', '-o', join(folder, 'sub')), /Cannot write to ".*": EISDIR/);
});
