import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { currentProcess, Lock, Pool, Process, run, SerializationError, type Target, Value } from 'brood';

const require = createRequire(import.meta.url);
const pool = new Pool(1);
after(() => pool.terminate());

// biome-ignore lint/suspicious/noExplicitAny: modules are loaded by name; what they export is what is tested.
type Loose = any;
type Form = [fn: Target<unknown[], unknown>, args: unknown[], expected: unknown];

const at = (name: string): string => new URL(`../fixtures/raw/functions/closures/${name}`, import.meta.url).href;
const modules: Record<string, Loose> = {
  ES: await import(at('forms.mjs')),
  CommonJS: require(new URL(at('forms.cjs')).pathname),
};
const classes: Loose = await import(at('classes.mjs'));
const { refused, uninitialized }: Loose = await import(at('refused.mjs'));

for (const [kind, { forms }] of Object.entries(modules)) {
  for (const [name, [fn, args, expected]] of Object.entries(forms as Record<string, Form>)) {
    if (expected === undefined) continue;
    test(`A worker calls closures of ${kind} modules: ${name}`, async () => {
      assert.deepEqual(await pool.apply(fn, args), expected);
    });
  }
}

for (const [kind, cases] of Object.entries({ ES: refused, CommonJS: modules.CommonJS.refused })) {
  for (const [name, [fn, message]] of Object.entries(cases as Record<string, [Target<unknown[], unknown>, RegExp]>)) {
    test(`A closure of an ${kind} module that cannot be made again is refused: ${name}`, async () => {
      await assert.rejects(pool.apply(fn), (error) => {
        assert.ok(error instanceof SerializationError);
        assert.match(error.message, message);
        assert.match(error.path, /^fn/);
        return true;
      });
    });
  }
}

test('A captured variable that is not initialized yet is refused', () => {
  const messages: string[] = [];
  uninitialized((fn: Target, name: string) => {
    assert.throws(
      () => pool.applyAsync(fn),
      (error) => messages.push((error as Error).message) > 0,
    );
    assert.match(
      messages.at(-1) ?? '',
      new RegExp(
        `^Cannot send fn: an anonymous function uses "${name}", which is not initialized yet; send the function after the line`,
      ),
    );
  });
  assert.equal(messages.length, 2);
});

test('A function that a worker returns is called here, and goes on to another process', async () => {
  const fn: Target<unknown[], unknown> =
    modules.ES.forms['a function from the parent, sent on by the worker and back'][0];
  const step = 2;
  const [value, back] = (await pool.apply(fn, [(x: number) => x + step])) as [number, (x: number) => number];
  assert.equal(value, 3);
  assert.equal(back(5), 7);
  assert.equal(await pool.apply(back, [6]), 8);
  const made = await pool.apply((n: number) => (m: number) => n * m + step, [10]);
  assert.equal(await pool.apply(made, [2]), 22);
  assert.equal(await pool.apply(async (inner: typeof made) => inner(3), [made]), 32);
});

test('Local classes cross with static fields, private names, static blocks and bases, in circles too', async () => {
  assert.deepEqual(await pool.apply(classes.useClasses()), ['it is a point', 7, 5, 'hi a!', 'computed']);
  assert.deepEqual(await pool.apply(classes.useCircle()), ['hi made by inner!', 'inner', true]);
});

test('A static method of a local class uses its class', async () => {
  assert.equal(await pool.apply(classes.getStaticMethod(), [1]), 6);
});

test('An instance of a local class is one on both sides, whatever message it comes in', async () => {
  const instance = classes.named('it');
  for (let i = 0; i < 2; i += 1) {
    assert.deepEqual(await pool.apply(classes.checkInstance(), [instance]), [true, true, 'hi it!', true]);
  }
  const back = (await pool.apply(classes.returnInstance(), ['back'])) as Loose;
  assert.ok(back instanceof classes.getNamed());
  assert.equal(back.hi(), 'hi back!');
  assert.equal(await pool.apply(classes.returnClass()), classes.getNamed());
});

test('A closure captures what its variables are when it is called', async () => {
  let n = 1;
  const object = { n };
  const read = (): number[] => [n, object.n];
  assert.deepEqual(await pool.apply(read), [1, 1]);
  n = 2;
  object.n = 3;
  assert.deepEqual(await pool.apply(read), [2, 3]);
  const pending = pool.apply(read);
  n = 4;
  assert.deepEqual(await pending, [2, 3]);
  const list = await Promise.all([5, 6, 7].map((k) => pool.apply(() => k * n)));
  assert.deepEqual(list, [20, 24, 28]);
});

test('What a closure changes it changes in its own process', async () => {
  let count = 0;
  const seen: number[] = [];
  const change = (): number => {
    count += 1;
    seen.push(count);
    return count;
  };
  assert.equal(await run(change), 1);
  assert.equal(count, 0);
  assert.deepEqual(seen, []);
});

test('Closures capture locks, shared values, and other handles', async () => {
  const lock = new Lock();
  const total = new Value('i32');
  const add = async (n: number): Promise<void> => {
    await lock.acquire();
    total.value += n;
    lock.release();
  };
  await pool.map(add, [1, 2, 3, 4]);
  assert.equal(total.value, 10);
});

test('Functions in several items of a map do not share what they assign to, however the items are chunked', async () => {
  let total = 0;
  const items = [1, 2, 3, 4].map((n) => ({
    add: () => {
      total += n;
      return total;
    },
  }));
  for (const chunkSize of [1, 2, 4])
    assert.deepEqual(await pool.map((it) => it.add(), items, { chunkSize }), [1, 2, 3, 4]);
  assert.equal(total, 0);
});

test('Process runs a closure', async () => {
  const total = new Value('i32');
  const k = 20;
  const child = new Process({
    target: (n: number) => {
      total.value = n + k;
    },
    args: [1],
  });
  child.start();
  await child.join();
  assert.deepEqual([child.exitCode, total.value], [0, 21]);
  const bad = new Process({ target: (() => {}).bind(null) });
  assert.throws(() => bad.start(), { name: 'SerializationError', path: 'target' });
});

test('An initializer may be a closure', async () => {
  const value = 'set';
  const own = new Pool({
    processes: 1,
    initializer: () => {
      (globalThis as Loose).initialized = value;
    },
  });
  assert.equal(await own.apply(() => (globalThis as Loose).initialized), 'set');
  own.terminate();
});

test('Functions of the language, and names that are not there, are left to the worker', async () => {
  assert.deepEqual(await pool.map((n: number) => Math.sqrt(n), [4, 9]), [2, 3]);
  const { log } = console;
  const later = queueMicrotask;
  assert.deepEqual(await pool.apply(() => [log === console.log, later === queueMicrotask]), [true, true]);
  const name = await pool.apply(() => process.title.length > 0);
  assert.equal(name, true);
  await assert.rejects(
    pool.apply(() => (globalThis as Loose).nowhere()),
    { name: 'TypeError' },
  );
});

test('An error of a closure says where it was thrown, in its source', async () => {
  const fail = (): never => {
    throw new RangeError('from a closure');
  };
  const here: string = await Promise.resolve()
    .then(fail)
    .catch((error) => error.stack);
  const there: string = await pool.apply(fail).catch((error) => error.stack);
  assert.equal(there.split('\n')[1], here.split('\n')[1]);
  assert.match(there, /\n {4}in PoolWorker-\d+ \(pid \d+\)$/);
});

test('A closure in a worker may open a pool, and send it closures', { timeout: 60_000 }, async () => {
  const factor = 3;
  const nested = async (n: number): Promise<unknown> => {
    const { Pool: Own } = await import('brood');
    const inner = new Own(1);
    const local = 2;
    const results = await inner.map((x: number) => [x * factor * local, currentProcess().name !== 'MainProcess'], [n]);
    inner.terminate();
    return results;
  };
  assert.deepEqual(await pool.apply(nested, [1]), [[6, true]]);
});

test('A closure made in a worker by a closure keeps what that has imported', async () => {
  const makers: Loose = modules.ES.makers;
  for (const [make, expected] of makers) {
    const inner = await pool.apply(make as Target<[], () => unknown>);
    assert.deepEqual(await pool.apply(inner), expected);
  }
});

test('A worker keeps the functions that it used last', { timeout: 100_000 }, async () => {
  const results = new Set<number>();
  for (let i = 0; i < 1500; i += 1) results.add(await pool.apply(() => i));
  for (let i = 0; i < 1500; i += 500) results.add(await pool.apply(() => i));
  assert.equal(results.size, 1500);
});
