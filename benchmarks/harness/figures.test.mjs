import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure, times } from './figures.mjs';

test('figure() has three significant digits', () => {
  const cases = { 0: '0', 0.04567: '0.0457', 1: '1.00', 45.64: '45.6', 139.4: '139', 1234567: '1,230,000' };
  for (const [value, text] of Object.entries(cases)) assert.equal(figure(Number(value)), text);
});

test('times() is a ratio', () => {
  assert.deepEqual([0.421, 7.5, 12.34].map(times), ['0.42×', '7.50×', '12.3×']);
});
