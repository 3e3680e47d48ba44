import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import { test } from 'node:test';
import { Pool, SerializationError } from 'brood';
import { encode } from '#dist/wire/codec.js';
import {
  createBound,
  createLoop,
  Dictionary,
  identity,
  List,
  Point,
  Secret,
  SecretMethod,
} from '../fixtures/wire/values.js';

function refusalOf(value: unknown): SerializationError {
  try {
    encode(value, 'args');
  } catch (error) {
    assert.ok(error instanceof SerializationError, String(error));
    assert.equal(error.code, 'ERR_SERIALIZATION');
    return error;
  }
  assert.fail('it was encoded');
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function detachedView(): Uint8Array {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

const REFUSED: Record<string, [value: unknown, message: RegExp]> = {
  'a symbol': [Symbol('it'), /a symbol cannot leave its process; send a string/],
  'a boxed symbol': [Object(Symbol('it')), /a Symbol cannot leave/],
  'a Promise': [Promise.resolve(1), /a Promise cannot leave its process; await it first/],
  'a WeakMap': [new WeakMap(), /send a Map/],
  'a WeakSet': [new WeakSet(), /send a Set/],
  'a WeakRef': [new WeakRef({}), /a WeakRef cannot leave/],
  'a Proxy': [new Proxy({}, {}), /a Proxy cannot leave its process; send a plain copy/],
  'a Proxy of a function': [new Proxy(identity, {}), /a Proxy cannot leave/],
  'a bound function': [
    identity.bind(null),
    /is native or bound, so that it has no source; wrap it in a function of your own/,
  ],
  'a SharedArrayBuffer': [new SharedArrayBuffer(4), /shared by the threads of one process; send a copy/],
  'a view of a SharedArrayBuffer': [new Uint8Array(new SharedArrayBuffer(4)), /send a copy of its bytes/],
  'a detached ArrayBuffer': [detached(), /a detached ArrayBuffer cannot leave.*was transferred away/],
  'a view of a detached ArrayBuffer': [detachedView(), /view of a detached ArrayBuffer cannot leave/],
  'the arguments of a function': [
    (function (..._: number[]) {
      // biome-ignore lint/complexity/noArguments: this very object is what is refused.
      return arguments;
    })(1, 2),
    /a list of arguments cannot leave its process; send \[\.\.\.arguments\]/,
  ],
  'a Map whose prototype was removed': [Object.setPrototypeOf(new Map(), null), /what it holds would be lost/],
  'an array whose prototype was removed': [Object.setPrototypeOf([1], null), /what it holds would be lost/],
  'an instance with private fields': [
    new Secret(),
    /an instance of Secret, which has private fields or methods.*call registerClass/,
  ],
  'an instance with private methods': [new SecretMethod(), /which has private fields or methods/],
  'an instance of a subclass of Map': [
    new Dictionary(),
    /an instance of Dictionary, which extends a built-in whose contents would be lost/,
  ],
  'an instance of a subclass of Array': [new List(), /an instance of List, which extends a built-in/],
  'a socket': [new Socket(), /an instance of Socket, which is one of Node itself and belongs to this process/],
  'a server': [createServer(), /an instance of Server/],
  'an EventEmitter': [new (process.getBuiltinModule('node:events'))(), /an instance of EventEmitter/],
  'an AbortSignal': [new AbortController().signal, /an AbortSignal cannot leave/],
  'a generator': [(function* () {})(), /cannot leave its process; send plain data instead/],
  'an object with a prototype of its own': [Object.create({ a: 1 }), /an object with a prototype of its own/],
  'a number format': [new Intl.NumberFormat(), /a NumberFormat cannot leave/],
};

for (const [name, [value, message]] of Object.entries(REFUSED)) {
  test(`A task refuses ${name} and says where it is`, () => {
    const error = refusalOf([{ items: [0, 1, 2, { socket: value }] }]);
    assert.equal(error.path, 'args[0].items[3].socket');
    assert.ok(error.message.startsWith('Cannot send args[0].items[3].socket: '), error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\.$/);
  });
}

test('The path of a refusal goes through maps, sets, odd keys and instances', () => {
  const bad = Symbol('bad');
  const point = new Point(1, 2);
  point.other = { deep: bad };
  assert.equal(refusalOf({ m: new Map([['k', bad]]) }).path, 'args.m.get("k")');
  assert.equal(refusalOf({ s: new Set([{ x: bad }]) }).path, 'args.s.values(…).x');
  assert.equal(refusalOf({ 'a-b': { '': bad } }).path, 'args["a-b"][""]');
  assert.match(refusalOf([point]).path, /^args\[0\]\..*other\.deep$/);
  assert.equal(refusalOf(Object.assign(new Array(2), { 2: bad })).path, 'args[2]');
});

test('A getter that throws is refused at its place, with its error as cause', () => {
  const cause = new Error('not now');
  const error = refusalOf({
    a: [
      {
        get b() {
          throw cause;
        },
      },
    ],
  });
  assert.equal(error.path, 'args.a[0].b');
  assert.equal(error.cause, cause);
});

test('A registered instance is refused if what its codec returned refers to the instance itself', () => {
  assert.match(refusalOf([createLoop()]).message, /refers to the instance itself; leave it out, and set it in decode/);
});

const DEEP: Record<string, (inner: unknown) => object> = {
  objects: (inner) => ({ inner }),
  arrays: (inner) => [inner],
  maps: (inner) => new Map([[1, inner]]),
  instances: (inner) => Object.assign(new Point(0, 0), { other: inner }),
};

for (const [name, wrap] of Object.entries(DEEP)) {
  test(`100,000 nested ${name} are refused, not a crash`, () => {
    let value: unknown = 1;
    for (let i = 0; i < 100_000; i += 1) value = wrap(value);
    assert.match(refusalOf(value).message, /^Cannot send args: it is nested too deeply; flatten it/);
  });
}

test('Pool.apply() returns or refuses values of any depth, and never fails in another way', async () => {
  const pool = new Pool(1);
  for (const depth of [100, 500, 1000, 1500, 2000, 2500, 3000, 4000, 8000]) {
    for (const wrap of Object.values(DEEP)) {
      let value: unknown = 1;
      for (let i = 0; i < depth; i += 1) value = wrap(value);
      const outcome = await pool.apply(identity, [value]).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (depth <= 500) assert.equal(outcome, undefined);
      if (outcome === undefined) continue;
      assert.ok(outcome instanceof SerializationError, String(outcome));
      assert.match(outcome.message, /nested too deeply; flatten it/);
    }
  }
  pool.terminate();
});

test('Pool.apply() and map() name the argument and the item that cannot cross, and go on', async () => {
  const pool = new Pool(1);
  const value = { items: [{ socket: createBound() }] };
  await assert.rejects(pool.apply(identity, [value]), { name: 'SerializationError', path: 'args[0].items[0].socket' });
  await assert.rejects(pool.apply(identity as (...args: unknown[]) => unknown, [1, Symbol('x')]), { path: 'args[1]' });
  await assert.rejects(pool.map(identity, [1, value]), { path: 'items[1].items[0].socket' });
  await assert.rejects(pool.starmap(identity, [[1], [value]]), { path: 'items[1][0].items[0].socket' });
  const outcomes = await pool.mapSettled(identity, [1, value, 3]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  await assert.rejects(pool.apply(createBound), { name: 'ResultSerializationError', path: 'result' });
  assert.equal(await pool.apply(identity, [1]), 1);
  pool.close();
  await pool.join();
});

test('A connected socket is refused while it is in use, and stays usable', async () => {
  const server = createServer((peer) => peer.end('hello')).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const socket = new Socket().connect(port);
  assert.match(refusalOf({ socket }).message, /args\.socket/);
  const [text] = await once(socket.setEncoding('utf8'), 'data');
  assert.equal(text, 'hello');
  server.close();
});
