import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Pool, registerClass } from 'brood';
import { decode, encode } from '#dist/wire/codec.js';
import {
  createBag,
  createMoney,
  describePrototypes,
  identity,
  isMoney,
  Point,
  Point3,
  tools,
} from '../fixtures/wire/values.js';

const pool = new Pool(1);
after(() => pool.terminate());

async function copiesOf<T>(value: T): Promise<T[]> {
  return [(await decode(encode(value, 'value'))) as T, await pool.apply(identity<T>, [value])];
}

test('Pool.apply() returns instances of exported classes as instances', async () => {
  for (const [point, point3] of await copiesOf([new Point(3, 4), new Point3(2, 2)] as const)) {
    assert.ok(point instanceof Point && !(point instanceof Point3));
    assert.equal(point.norm, 5);
    assert.ok(point3 instanceof Point3);
    assert.equal(point3.norm, 3);
    assert.deepEqual(Object.keys(point3).sort(), ['other', 'x', 'y', 'z'].filter((key) => key in point3).sort());
  }
});

test('The task itself gets instances', async () => {
  assert.deepEqual(await pool.apply(describePrototypes, [[new Point(1, 2), new Point3(1, 2), Object.create(null)]]), [
    'Point',
    'Point3',
    'null',
  ]);
});

test('Pool.apply() keeps circles through instances, and instances in their fields', async () => {
  const first = new Point(1, 2);
  const second = new Point3(3, 4);
  first.other = { second, list: [first] };
  second.other = new Map<unknown, unknown>([[first, new Set([second])]]);
  for (const copy of await copiesOf(first)) {
    const other = copy.other as { second: Point3; list: Point[] };
    assert.equal(other.list[0], copy);
    assert.ok(other.second instanceof Point3);
    const [[key, set]] = [...(other.second.other as Map<Point, Set<Point>>)] as [[Point, Set<Point>]];
    assert.equal(key, copy);
    assert.equal([...set][0], other.second);
  }
});

test('Pool.apply() keeps own accessors of an instance as what they return, and functions in its fields', async () => {
  const point = Object.defineProperty(new Point(1, 2), 'sum', { get: () => 3, enumerable: true });
  point.other = tools.math.double;
  for (const copy of await copiesOf(point)) {
    assert.equal((copy as Point & { sum: number }).sum, 3);
    assert.equal(copy.other, tools.math.double);
  }
});

test('Pool.apply() returns instances of registered classes, nested and shared', async () => {
  const inner = createMoney(2n ** 70n);
  const value = { list: [createMoney(5n, inner), inner], point: Object.assign(new Point(0, 0), { other: inner }) };
  for (const copy of await copiesOf(value)) {
    const [outer, shared] = copy.list as [typeof inner, typeof inner];
    assert.ok(isMoney(outer) && isMoney(shared));
    assert.equal(outer.owner, shared);
    assert.equal(copy.point.other, shared);
    assert.equal(shared.cents, 2n ** 70n);
  }
});

test('A new worker takes a registered instance as its first argument, and as an argument of its initializer', async () => {
  await using fresh = new Pool({ processes: 1, initializer: isMoney, initArgs: [createMoney(1n)] });
  assert.equal(await fresh.apply(isMoney, [createMoney(2n)]), true);
  const other = new Pool(1);
  assert.equal(await other.apply(isMoney, [createMoney(2n)]), true);
  other.terminate();
});

test('The decode of a registered class gets complete instances, maps and errors', async () => {
  const owner = { point: new Point(3, 4), error: Object.assign(new RangeError('far'), { limit: 7 }) };
  for (const copy of await copiesOf(createMoney(1n, createBag([['owner', owner]])))) {
    const { point, error } = (copy.owner as Map<string, typeof owner>).get('owner') as typeof owner;
    assert.equal(point.norm, 5);
    assert.ok(error instanceof RangeError);
    assert.equal(error.limit, 7);
  }
});

test('Pool.apply() keeps circles of registered instances and plain objects', async () => {
  const owner: Record<string, unknown> = { name: 'me' };
  const money = createMoney(1n, owner);
  owner.purse = [money];
  owner.byName = new Map([['it', money]]);
  for (const [copy] of await copiesOf([money])) {
    const copied = (copy as typeof money).owner as { purse: unknown[]; byName: Map<string, unknown> };
    assert.equal(copied.purse[0], copy);
    assert.equal(copied.byName.get('it'), copy);
  }
  for (const copy of await copiesOf(owner)) {
    const [purse] = copy.purse as [typeof money];
    assert.ok(isMoney(purse));
    assert.equal(purse.owner, copy);
  }
});

test('registerClass() throws a TypeError for a name that is taken, and takes the same class again', () => {
  class Other {}
  class Mine {}
  const codec = { name: 'test/Mine', encode: () => 1, decode: () => new Mine() };
  registerClass(Mine, codec);
  registerClass(Mine, { ...codec });
  assert.throws(() => registerClass(Other, { name: 'test/Mine', encode: () => 1, decode: () => new Other() }), {
    name: 'TypeError',
    message: /another class is named "test\/Mine"; choose another name/,
  });
  assert.throws(() => registerClass(Other, {} as never), TypeError);
});

test('Pool.apply() rejects and goes on if the worker has not registered the class', async () => {
  class Local {}
  registerClass(Local, { name: 'test/Local', encode: () => 1, decode: () => new Local() });
  await assert.rejects(
    pool.apply(identity, [new Local()]),
    /has not registered it; call registerClass in a module that it imports too/,
  );
  assert.equal(await pool.apply(identity, [1]), 1);
});

test('Pool.apply() rejects with what the codec of a registered class throws', async () => {
  class Broken {}
  registerClass(Broken, {
    name: 'test/Broken',
    encode() {
      throw new Error('no ink');
    },
    decode: () => new Broken(),
  });
  await assert.rejects(pool.apply(identity, [{ it: new Broken() }]), {
    name: 'SerializationError',
    path: 'args[0].it',
    message: /no ink/,
  });
});
