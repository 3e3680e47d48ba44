import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'brood';
import fc from 'fast-check';
import { decode, encode } from '#dist/wire/codec.js';
import { createMoney, identity, isMoney, Point, tools } from '../fixtures/wire/values.js';
import { runs } from '../support/seed.js';

const plain = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: false, // An invalid date, to Node's deepStrictEqual, differs from itself; see below.
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
  maxDepth: 4,
});
const special = fc.oneof(
  fc.tuple(fc.integer(), fc.integer(), plain).map(([x, y, other]) => Object.assign(new Point(x, y), { other })),
  fc.webUrl().map((url) => new URL(url)),
  fc.constantFrom(identity, tools.math.double, Point),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    plain,
    special,
    fc.date({ noInvalidDate: true }),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
    fc.tuple(plain, tie('value')).map((entry) => new Map([entry])),
    tie('value').map((it) => new Set([it])),
  ),
})).value;

test('Any value comes back equal from the codec', async () => {
  await fc.assert(
    fc.asyncProperty(value, async (it) => assert.deepStrictEqual(await decode(encode(it, 'value')), it)),
    runs(2000),
  );
});

const pool = new Pool(1);
after(() => pool.terminate());

test('Pool.map() returns any values equal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 20 }), async (items) =>
      assert.deepStrictEqual(await pool.map(identity, items), items),
    ),
    runs(60),
  );
});

/** Any graph: nodes of several kinds, and edges that make circles and share. */
const graph = fc.record({
  kinds: fc.array(fc.constantFrom('object', 'array', 'map', 'set', 'instance', 'registered'), {
    minLength: 1,
    maxLength: 8,
  }),
  edges: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 20 }),
});

function build({ kinds, edges }: { kinds: string[]; edges: [number, number][] }): unknown[] {
  const members = kinds.map(() => [] as unknown[]);
  const nodes = kinds.map((kind, i) => {
    if (kind === 'array') return members[i] as unknown[];
    if (kind === 'map') return new Map<unknown, unknown>();
    if (kind === 'set') return new Set<unknown>();
    if (kind === 'instance') return Object.assign(new Point(i, 0), { other: members[i] });
    return kind === 'registered' ? createMoney(BigInt(i), members[i]) : ({} as Record<string, unknown>);
  });
  for (const [a, b] of edges) {
    const [from, to] = [nodes[a % nodes.length], nodes[b % nodes.length]];
    if (from instanceof Map) from.set(to, to);
    else if (from instanceof Set) from.add(to);
    else if (kinds[a % nodes.length] === 'object') (from as Record<string, unknown>)[`e${b}`] = to;
    else members[a % nodes.length]?.push(to);
  }
  return nodes;
}

/** Every reference as the number of the object it leads to, in the order of a walk: equal for equal graphs only. */
function shapeOf(root: unknown): string[] {
  const numbers = new Map<unknown, number>();
  const shape: string[] = [];
  const walk = (it: unknown): void => {
    if (typeof it !== 'object' || it === null) return void shape.push(String(it));
    const known = numbers.get(it);
    shape.push(`${it.constructor?.name}#${known ?? numbers.size}`);
    if (known !== undefined) return;
    numbers.set(it, numbers.size);
    if (it instanceof Map) for (const member of [...it].flat()) walk(member);
    else if (it instanceof Set) for (const member of it) walk(member);
    else if (isMoney(it)) walk((it as { owner: unknown }).owner);
    else for (const member of Object.entries(it).flat()) walk(member);
  };
  walk(root);
  return shape;
}

test('Any graph comes back with the same shape, or is refused because a registered instance holds itself', async () => {
  await fc.assert(
    fc.asyncProperty(graph, async (description) => {
      const nodes = build(description);
      const copy = await decode(encode(nodes, 'value'));
      assert.deepEqual(shapeOf(copy), shapeOf(nodes));
    }),
    runs(2000),
  );
});

test('The comparison of shapes tells a shared object from two equal ones', () => {
  const one = {};
  assert.ok(isDeepStrictEqual([one, one], [{}, {}]));
  assert.notDeepEqual(shapeOf([one, one]), shapeOf([{}, {}]));
});
