/**
 * What it costs to write a value and to read it back, beside V8's serializer and JSON: `node benchmarks/values.mjs`, after a
 * build. Nanoseconds of CPU time for each value, medians of alternating rounds.
 */
import { deserialize, serialize } from 'node:v8';
import { decode, encode } from '../dist/wire/codec.js';

const ROUNDS = 11;

const list = (length, make) => Array.from({ length }, (_, i) => make(i));
const object = (i) => ({ id: i, name: `item ${i}`, ok: i % 2 === 0 });

/** A value, and how many it stands for. */
const CASES = {
  'one number as arguments': [[5]],
  'one text as arguments': [['hello world']],
  'one small object': [object(1)],
  'a Buffer of 1 KiB': [Buffer.alloc(1024, 7)],
  'an instance of Map': [new Map([['key', 1]])],
  '1,000 numbers': [list(1000, (i) => 3 * i), 1000],
  '1,000 fractions': [list(1000, (i) => i / 3), 1000],
  '1,000 small objects': [list(1000, object), 1000],
  '1,000 texts of 40': [list(1000, (i) => `a text of some length, with number ${i}`.padEnd(40)), 1000],
  '100,000 small objects': [list(100_000, object), 100_000],
  'an ArrayBuffer of 64 MiB': [new ArrayBuffer(2 ** 26)],
};

const SIDES = {
  brood: [(value) => encode(value, 'value'), decode],
  v8: [serialize, deserialize],
  JSON: [(value) => Buffer.from(JSON.stringify(value)), (bytes) => JSON.parse(bytes.toString())],
};

function cpu(act, count) {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i += 1) act();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / count;
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
const format = (ns) => (ns >= 100 ? Math.round(ns).toLocaleString('en-US') : ns.toFixed(1)).padStart(12);

console.log(`Node ${process.version}, CPU ns for each value: written / read`);
console.log(['value'.padEnd(26), ...Object.keys(SIDES).map((side) => side.padStart(25))].join(''));
for (const [name, [value, values = 1]] of Object.entries(CASES)) {
  const samples = Object.fromEntries(Object.keys(SIDES).map((side) => [side, { write: [], read: [] }]));
  const count = value.byteLength > 2 ** 20 || values > 10_000 ? 1 : Math.ceil(20_000 / values);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [side, [write, read]] of Object.entries(SIDES)) {
      const bytes = write(value);
      samples[side].write.push(cpu(() => write(value), count) / values);
      samples[side].read.push(cpu(() => read(bytes), count) / values);
    }
  }
  const columns = Object.values(samples).map(({ write, read }) => `${format(median(write))} /${format(median(read))}`);
  console.log([name.padEnd(26), ...columns].join(''));
}
