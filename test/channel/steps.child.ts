// The child's end of a ring channel, to be killed at a chosen step on shared memory, or to do harm.
import { ChildSocketChannel } from '#dist/channel/child-socket-channel.js';
import { openChildRingChannel } from '#dist/channel/open-child-ring-channel.js';
import { type RingHandle, ringWords } from '#dist/channel/ring-layout.js';
import { cellAtGrid } from '#dist/memory/cells.js';
import { currentArena } from '#dist/memory/current-arena.js';
import { inheritArena } from '#dist/memory/inherited-arena.js';
import { currentParking } from '#dist/parking/current-parking.js';
import { nap } from '#dist/util/nap.js';
import type { Message } from '../support/children.js';
import { countSteps, steps } from '../support/killing-steps.js';

const socket = new ChildSocketChannel<Message, Message>(Number(process.argv[3]));
const { ring } = (socket.readFirst() ?? process.exit(1)).head as { ring: RingHandle };
inheritArena(5);
const channel = openChildRingChannel(socket, ring);
channel.send({ ready: true, isRing: true });

const harms: Record<string, () => void> = {
  tail: () => words().store(toParent().tail, 12_345_677),
  'negative tail': () => words().store(toParent().tail, -8),
  record: () => record(0, 2 ** 30),
  'negative record': () => record(0, -77),
  'endless wrap': () => record(0, -1),
  head: () => record(1, 2 ** 30),
  block: () => record(0, -2),
  reader: () => {
    words().store(toChild().head, 99);
    currentParking('the test').wakeLone(toChild().writerGate, ring.parent);
    nap(60_000); // Reading on would mend it; it is killed.
  },
};

const words = (): ReturnType<typeof currentArena>['words'] => currentArena('the test').words;
const block = (): number => cellAtGrid(ring.cell) + 4;
const toParent = (): ReturnType<typeof ringWords> => ringWords(block(), 'toParent');
const toChild = (): ReturnType<typeof ringWords> => ringWords(block(), 'toChild');

/** Changes a word of the next record, behind what the parent has read, and says that there is one. */
function record(word: number, value: number): void {
  const { tail, offset } = toParent();
  const at = words().load(tail);
  words().store((offset + at) / 4, 8);
  words().store((offset + at) / 4 + 1, 8);
  words().store((offset + at) / 4 + word, value);
  words().store(tail, at + 16);
}

let heard = 0;
channel.receive({
  borrows: true,
  onMessage(head) {
    if (head.harm) {
      harms[head.harm]?.();
      currentParking('the test').wakeLone(toParent().readerGate, ring.parent);
    }
    if (head.killAt !== undefined) {
      countSteps();
      steps.killAt = head.killAt;
    }
    if (head.part !== undefined) heard += 1;
    if (heard < 6) return;
    heard = 0;
    for (let i = 0; i < 12; i += 1) channel.send({ i }, Buffer.alloc(i % 3 === 0 ? 100_000 + i : i * 900, i));
    if (steps.killAt > 0) process.kill(process.pid, 'SIGKILL'); // This time it took fewer steps.
    channel.send({ steps: steps.taken });
  },
  onEnd: () => process.exit(0),
});
