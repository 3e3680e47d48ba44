import fc from 'fast-check';
import { createMoney, identity, Point, tools } from '../fixtures/wire/values.js';

const primitive = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, undefined, null, true, false),
  fc.bigInt(),
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc.string({ minLength: 30, maxLength: 90 }),
  fc.constantFrom('\ud800', 'a\udfff', '\u00e4\u00ff', '\u{1f600}'),
);

const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '0', '7', '4294967295', ''));

/** What holds no other value. */
const leaf = fc.oneof(
  { weight: 8, arbitrary: primitive },
  fc.array(fc.integer(), { minLength: 8, maxLength: 90 }),
  fc.array(fc.double(), { minLength: 8, maxLength: 90 }),
  fc.oneof(fc.date({ noInvalidDate: false }), fc.constantFrom(/a/gi, /\u{1f600}[\u{1f600}]/u)),
  fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.bigInt()).map((it) => Object(it)),
  fc.oneof(fc.uint8Array(), fc.float64Array(), fc.bigInt64Array(), fc.int16Array()),
  fc.uint8Array().map((it) => Buffer.from(it)),
  fc.webUrl().map((url) => new URL(url)),
  fc.constantFrom(identity, tools.math.double, Point),
);

/** Where an array has empty places, and which elements it has. */
const sparse = (member: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> =>
  fc.tuple(fc.array(fc.tuple(fc.nat(3000), member), { maxLength: 4 }), fc.nat(3000)).map(([places, length]) => {
    const array: unknown[] = new Array(length);
    for (const [place, it] of places) array[place] = it;
    return array;
  });

function fromEntries(entries: ReadonlyArray<readonly [string, unknown]>, prototype: object | null): object {
  const object = Object.create(prototype);
  for (const [name, it] of entries)
    Object.defineProperty(object, name, { value: it, writable: true, enumerable: true, configurable: true });
  return object;
}

const entries = (member: fc.Arbitrary<unknown>): fc.Arbitrary<Array<[string, unknown]>> =>
  fc.array(fc.tuple(key, member), { maxLength: 5 });

/** Any value of the contract: a tree. */
export const anyTree: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    entries(tie('value')).map((it) => fromEntries(it, Object.prototype)),
    entries(tie('value')).map((it) => fromEntries(it, null)),
    fc.tuple(fc.array(tie('value'), { maxLength: 3 }), entries(tie('value'))).map(([list, named]) => {
      for (const [name, it] of named)
        if (!/^(\d+|length)$/.test(name)) Object.defineProperty(list, name, ownProperty(it));
      return list;
    }),
    sparse(tie('value')),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((it) => new Map(it)),
    fc.array(tie('value'), { maxLength: 3 }).map((it) => new Set(it)),
    tie('value').map((other) => Object.assign(new Point(1, 2), { other })),
    fc.tuple(fc.bigInt(), tie('value')).map(([cents, owner]) => createMoney(cents, owner)),
    fc.tuple(fc.string(), tie('value'), entries(tie('value'))).map(([message, cause, fields]) => {
      const error = new RangeError(message, { cause });
      for (const [name, it] of fields)
        if (!['stack', 'message', 'cause', 'name', 'errors'].includes(name))
          Object.defineProperty(error, name, ownProperty(it));
      return error;
    }),
  ),
})).value;

function ownProperty(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: true, configurable: true };
}

type Node = 'object' | 'array' | 'map' | 'set' | 'instance' | 'null' | 'error' | 'view' | 'buffer';

/** Any graph: nodes of several kinds, and edges that make circles and share; views and buffers of one memory are its leaves. */
export const anyGraph: fc.Arbitrary<unknown[]> = fc
  .record({
    kinds: fc.array(
      fc.constantFrom<Node>('object', 'array', 'map', 'set', 'instance', 'null', 'error', 'view', 'buffer'),
      { minLength: 1, maxLength: 9 },
    ),
    edges: fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 24 }),
  })
  .map(({ kinds, edges }) => {
    const memory = new ArrayBuffer(64);
    const nodes = kinds.map((kind, i) => createNode(kind, i, memory));
    for (const [a, b] of edges) connect(nodes[a % nodes.length], nodes[b % nodes.length], b);
    return nodes;
  });

function createNode(kind: Node, i: number, memory: ArrayBuffer): unknown {
  switch (kind) {
    case 'object':
      return {};
    case 'array':
      return [];
    case 'map':
      return new Map();
    case 'set':
      return new Set();
    case 'instance':
      return Object.assign(new Point(i, 0), { other: undefined });
    case 'null':
      return Object.create(null);
    case 'error':
      return new TypeError(String(i));
    case 'view':
      return [new Uint16Array(memory), new DataView(memory), new Float64Array(memory)][i % 3];
    case 'buffer':
      return memory;
  }
}

function connect(from: unknown, to: unknown, at: number): void {
  if (from instanceof Map) from.set(to, to);
  else if (from instanceof Set) from.add(to);
  else if (Array.isArray(from)) from.push(to);
  else if (!ArrayBuffer.isView(from) && !(from instanceof ArrayBuffer))
    (from as Record<string, unknown>)[`e${at}`] = to;
}
