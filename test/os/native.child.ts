import { requireNative } from '#dist/os/native/native.js';
import { ARENA_FD, input, say } from '../support/children.js';

// Sleeps on a word of the memory it inherited, then says that it woke; or holds a bell until told to stop; or awaits its own ring.
const native = requireNative('the test');
const { part, name } = input();
if (part === 'sleep') {
  const mapping = native.memory.map(ARENA_FD, 65_536);
  const words = new Int32Array(native.memory.view(mapping.address, 65_536));
  say('sleeping');
  while (Atomics.load(words, 5) === 7) native.futex.wait(mapping.address + 20, 7, 10_000, 4);
  say({ value: Atomics.add(words, 6, 1) });
} else if (part === 'promise') {
  // Nothing else may happen in this process: whatever does lets promises go on.
  let isTimerDue = false;
  setTimeout(() => {
    isTimerDue = true;
  }, 60_000);
  const rung = new Promise<void>((resolve) => native.bells.open(name, resolve));
  setImmediate(() => native.bells.ring(name));
  await rung;
  say({ isTimerDue });
  process.exit();
} else {
  native.bells.open(name, () => say('rung'));
  say('open');
  setInterval(() => {}, 1e6);
}
