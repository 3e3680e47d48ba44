import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { Pool, Queue } from 'brood';
import { AppError, giveBack, NotFound, readMissing, returnIt, throwIt } from '../fixtures/wire/thrown.js';

const pool = new Pool(1);
after(() => pool.terminate());

type Thrown = Error & Record<string, unknown>;

async function thrown(name: string): Promise<Thrown> {
  return await pool.apply(throwIt, [name]).then(
    () => assert.fail('nothing was thrown'),
    (error) => error as Thrown,
  );
}

for (const Type of [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]) {
  test(`A thrown ${Type.name} arrives as itself`, async () => {
    const error = await thrown(Type.name.replace(/(?<=.)Error$/, '').toLowerCase());
    assert.equal(Object.getPrototypeOf(error), Type.prototype);
    assert.equal(error.name, Type.name);
    assert.deepEqual(Object.keys(error), []);
  });
}

test('The stack of a thrown error is that of the worker, followed by its name and pid', async () => {
  const { stack = '' } = await thrown('error');
  const [pid] = pool.workerPids;
  assert.match(stack, /^Error: plain\n {4}at .*thrown\.js/);
  assert.match(stack, new RegExp(`\\n {4}in PoolWorker-\\d+ \\(pid ${pid}\\)$`));
  assert.doesNotMatch(stack, /node_modules\/brood/);
});

test('A thrown AggregateError arrives with its errors', async () => {
  const error = (await thrown('aggregate')) as unknown as AggregateError;
  assert.ok(error instanceof AggregateError);
  const [first, ...rest] = error.errors;
  assert.ok(first instanceof RangeError);
  assert.deepEqual(rest, ['two', { three: 3 }]);
  assert.ok(!Object.keys(error).includes('errors'));
});

test('A thrown DOMException arrives as one', async () => {
  const error = (await thrown('dom')) as unknown as DOMException;
  assert.ok(error instanceof DOMException);
  assert.deepEqual([error.name, error.message, error.code], ['AbortError', 'stop', 20]);
});

test('A system error arrives with code, errno, syscall and path', async () => {
  await assert.rejects(pool.apply(readMissing), {
    code: 'ENOENT',
    errno: -2,
    syscall: 'open',
    path: '/nowhere/at/all',
    message: /ENOENT/,
  });
});

test('An error of an exported class arrives as an instance, whatever its constructor takes', async () => {
  const error = (await thrown('app')) as unknown as AppError;
  assert.ok(error instanceof AppError);
  assert.deepEqual([error.name, error.message, error.status, error.isFatal], ['AppError', 'status 500', 500, true]);
  assert.ok((error.detail as Map<string, Error>).get('why') instanceof Error);
  const missing = await thrown('subclass');
  assert.ok(missing instanceof NotFound);
  assert.deepEqual(missing.detail, { tried: ['a', 'b'] });
});

test('An error of a class that cannot be imported keeps name, base and fields', async () => {
  const error = await thrown('unexported');
  assert.deepEqual([error.name, error.message, error.extra], ['UnexportedError', 'mine', 1]);
  assert.ok(error instanceof TypeError);
});

test('A thrown error keeps its own fields', async () => {
  const error = await thrown('fields');
  assert.deepEqual({ ...error }, { code: 'E_MINE', n: 1, nested: { list: [1] }, when: new Date(5) });
});

test('Fields that cannot cross are dropped and named in warnings; the rest arrives', async () => {
  const script = `
    import { Pool, Queue } from 'brood';
    import { throwIt } from ${JSON.stringify(import.meta.resolve('../fixtures/wire/thrown.js'))};
    const pool = new Pool(1);
    await pool.apply(throwIt, ['uncrossable']).catch((error) => console.log(JSON.stringify({ ...error })));
    pool.close();
    await pool.join();`;
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => stream.toArray().then(String)),
  );
  if (child.exitCode === null) await once(child, 'exit');
  assert.deepEqual(JSON.parse(stdout ?? ''), { code: 'E_PART', good: 1 });
  assert.equal(stderr?.match(/BROOD_ERROR_FIELD_DROPPED/g)?.length, 2, stderr);
  assert.match(stderr ?? '', /Error lost a field on its way: Cannot send error\.bad: /);
  assert.match(stderr ?? '', /Cannot send error\.deep\.socket: a symbol/);
  assert.deepEqual(Object.keys(await thrown('detached')), []);
});

test('A chain of causes arrives with all classes, also if it is a circle', async () => {
  const error = await thrown('chain');
  assert.ok(error.cause instanceof TypeError);
  assert.ok((error.cause.cause as Error) instanceof AppError);
  const first = await thrown('cyclic');
  assert.equal((first.cause as Error).message, 'second');
  assert.equal((first.cause as Error).cause, first);
});

test('A cause that is no error arrives; one that cannot cross leaves a sentence', async () => {
  const causes = ((await pool.apply(returnIt, ['causes'])) as Error[]).map(({ cause }) => cause);
  assert.deepEqual(causes.slice(0, 5), [1, 'text', null, undefined, { a: 1 }]);
  assert.match(String(causes[5]), /^Cannot send result\[5\]\.cause: a symbol/);
  const error = await thrown('enumerable cause');
  assert.deepEqual({ ...error }, { cause: { a: 1 }, errors: [1] });
});

test('An error whose fields lead back to itself arrives, soon', { timeout: 60_000 }, async () => {
  const error = await thrown('tangled');
  assert.equal(error.self, error);
  assert.equal((error.context as { again: Thrown }).again.error, error);
  assert.equal(error.response, undefined, 'it holds a function');
  let rung = (await thrown('ladder')) as Thrown | undefined;
  for (let i = 39; i >= 0; i -= 1) {
    assert.equal(rung?.message, String(i));
    rung = (rung?.at as { below: Thrown } | undefined)?.below;
  }
});

test('An error whose stack cannot be read arrives', async () => {
  const error = await thrown('stack getter');
  assert.match(error.stack ?? '', /^Error: no stack\n {4}in PoolWorker-1 \(pid \d+\)$/);
});

test('Thrown values that are no errors arrive as they are', async () => {
  for (const [name, value] of Object.entries({
    string: 'text',
    number: 42,
    null: null,
    undefined: undefined,
    object: { a: [1] },
  })) {
    assert.deepEqual(await thrown(name), value);
  }
});

test('Whatever cannot cross arrives as an error that shows it', async () => {
  for (const name of ['proxy', 'proxy of an error', 'hostile proxy', 'function', 'symbol']) {
    const error = await thrown(name);
    assert.ok(error instanceof Error, name);
    assert.match(error.message, /^Something was thrown that cannot be sent: /, name);
  }
});

test('A returned error is a value: it arrives without the line about its process', async () => {
  const error = (await pool.apply(returnIt, ['range'])) as Error;
  assert.ok(error instanceof RangeError);
  assert.doesNotMatch(error.stack ?? '', /\(pid \d+\)$/);
});

test('Errors cross as arguments, as items of a queue and in values as they do when thrown, without the line about a process', async () => {
  const queue = new Queue<Error>();
  const names = ['type', 'aggregate', 'dom', 'app', 'subclass', 'fields', 'chain', 'cyclic'];
  for (const name of names) {
    const error = returnIt(name) as Thrown;
    await queue.put(error);
    const copies = [
      await pool.apply(giveBack<Thrown>, [error]),
      (await pool.apply(giveBack<{ at: Thrown[] }>, [{ at: [error] }])).at[0] as Thrown,
      (await queue.get()) as Thrown,
    ];
    for (const copy of copies) {
      assert.equal(Object.getPrototypeOf(copy), Object.getPrototypeOf(error), name);
      assert.deepEqual({ ...copy }, { ...error }, name);
      const seen = ({ name, message, stack, code }: Thrown) => ({ name, message, stack, code });
      assert.deepEqual(seen(copy), seen(error), name);
      assert.equal((copy.cause as Thrown | undefined)?.message, (error.cause as Thrown | undefined)?.message);
    }
  }
});

test('A thrown error of a class that was sent as a closure is an instance of that class', async () => {
  class Local extends RangeError {
    readonly limit: number;
    constructor(limit: number) {
      super(`over ${limit}`);
      this.limit = limit;
    }
  }
  const fail = (limit: number): never => {
    throw new Local(limit);
  };
  for (let i = 0; i < 2; i += 1) {
    const error = await pool.apply(fail, [i]).catch((it: unknown) => it);
    assert.ok(error instanceof Local);
    assert.deepEqual([error.limit, error.message], [i, `over ${i}`]);
  }
});
