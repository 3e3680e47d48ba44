import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../process/program.js';

const program = fileURLToPath(new URL('../fixtures/pool/output.js', import.meta.url));

async function outputOf(t: TestContext, stdio: string, way: string): Promise<{ out: string; err: string }> {
  const { status, stdout, stderr } = await runProgram(t, [program, stdio, way]);
  assert.equal(status, 0, stderr);
  return { out: stdout, err: stderr };
}

test("With stdio 'prefix' every line of a worker is whole, and begins with its name", async (t) => {
  const { out, err } = await outputOf(t, 'prefix', 'lines');
  for (const [text, name] of [
    [out, 'out'],
    [err, 'err'],
  ] as const) {
    const lines = text.trimEnd().split('\n');
    const spoken = lines.map((line) => /^\[PoolWorker-\d+\] (out|err) (\d) begins and ends$/.exec(line));
    assert.deepEqual(
      spoken.map((match) => match?.[1]),
      Array(6).fill(name),
      text,
    );
    assert.deepEqual(spoken.map((match) => match?.[2]).sort(), ['1', '2', '3', '4', '5', '6']);
  }
});

test('What a worker wrote before it died is passed on, its last line ended', async (t) => {
  const { out, err } = await outputOf(t, 'prefix', 'death');
  assert.match(out, /^\[(PoolWorker-\d+)\] first\n\[\1\] last words\n$/);
  assert.match(err, /^\[PoolWorker-\d+\] last cry\n$/);
});

test('Of what a worker wrote before it was killed nothing is lost, also if nobody had read it yet', async (t) => {
  const { out, err } = await outputOf(t, 'prefix', 'flood');
  for (const [text, name] of [
    [out, 'out'],
    [err, 'err'],
  ] as const) {
    const numbers = [...text.matchAll(/^\[PoolWorker-\d+\] (out|err) (\d+)$/gm)].filter((match) => match[1] === name);
    assert.deepEqual(
      [numbers.length, text.match(/\n/g)?.length, Number(numbers.at(-1)?.[2])],
      [50_000, 50_000, 49_999],
    );
  }
});

test('A line that does not end is cut, and none of it lost', async (t) => {
  const { out } = await outputOf(t, 'prefix', 'long');
  const lines = out.trimEnd().split('\n');
  assert.equal(lines.length, 4);
  assert.equal(lines.pop(), '[PoolWorker-1] short'.replace('1', /\d+/.exec(lines[0] ?? '')?.[0] ?? ''));
  const text = lines.map((line) => line.replace(/^\[PoolWorker-\d+\] /, '')).join('');
  assert.deepEqual([text.length, /[^a]/.test(text)], [2.5 * 1024 * 1024, false]);
});

test("With stdio 'ignore' nothing is passed on, with 'inherit' all as it is", async (t) => {
  assert.deepEqual(await outputOf(t, 'ignore', 'lines'), { out: '', err: '' });
  const { out, err } = await outputOf(t, 'inherit', 'death');
  assert.deepEqual([out, err], ['first\nlast words', 'last cry']);
});
