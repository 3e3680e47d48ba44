import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuCount } from '#dist/os/cpu-count.js';
import { Spin, Spins } from '#dist/parking/spin.js';

const skip = cpuCount() > 1 ? false : 'one core: nobody spins';
const nothing = { yieldCore: () => {} };

test('a spin meets news that comes from one who waited for its core', { skip }, () => {
  let hasCome = false;
  const spin = new Spin({
    yieldCore: () => {
      hasCome = true;
    },
  });
  assert.equal(
    spin.meets(() => hasCome),
    true,
  );
});

test('a spin ends without news, and is left out once it is mostly in vain', { skip }, () => {
  let offers = 0;
  const spin = new Spin({
    yieldCore: () => {
      offers += 1;
    },
  });
  const offersOf: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const before = offers;
    assert.equal(
      spin.meets(() => false),
      false,
    );
    offersOf.push(offers - before);
  }
  assert.ok((offersOf[0] as number) > 0, String(offersOf));
  assert.equal(offersOf.at(-1), 0, String(offersOf));
  assert.equal(
    spin.meets(() => true),
    true,
  );
});

test('a spin that its caller cuts short does not count', { skip }, () => {
  let offers = 0;
  const spin = new Spin({
    yieldCore: () => {
      offers += 1;
    },
  });
  for (let n = 0; n < 100; n += 1) {
    const before = offers;
    spin.meets(() => false, 0.001);
    assert.ok(offers > before);
  }
});

test('the words of one object may have spins of their own', () => {
  const spins = new Spins(nothing);
  assert.equal(spins.at(4096), spins.at(4096));
  assert.notEqual(spins.at(4096), spins.at(4097));
});
