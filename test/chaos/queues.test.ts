import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Process, Queue, RawArray } from 'brood';
import { type Campaign, consume, type Item, produce, produceSync } from '../fixtures/queues/campaign.js';
import { range } from '../pool/support.js';
import { start } from '../queues/support.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

const PRODUCERS = 4;
const CONSUMERS = 4;
/** 250,000 and 200 at BROOD_SCALE=50. */
const COUNT = scaled(5000);
const KILLS = scaled(4);
/** Everything that is waited for comes long before. In milliseconds. */
const PATIENCE = 60_000 + 20 * COUNT;

function openCampaign(maxSize: number): Campaign {
  return {
    queue: new Queue<Item>(maxSize),
    count: COUNT,
    next: new RawArray('i32', PRODUCERS),
    settled: new RawArray('u8', PRODUCERS * COUNT),
    arrived: new RawArray('u8', PRODUCERS * COUNT),
    wrong: new RawArray('i32', 1),
  };
}

function startProducer(campaign: Campaign, producer: number): Process {
  return start(producer % 2 === 0 ? produce : produceSync, campaign, producer) as unknown as Process;
}

async function waitForAll(children: readonly Process[], what: string): Promise<void> {
  for (const child of children) {
    assert.equal(await child.join(PATIENCE), true, `a ${what} hangs`);
    assert.equal(child.exitCode, 0, `a ${what} fails`);
  }
}

/** How many items arrived not at all, and how many of those had settled. None may have arrived twice. */
function countMissing({ settled, arrived, wrong }: Campaign): { missing: number; settledMissing: number } {
  assert.equal(wrong.view[0], 0, 'items arrived torn or in wrong order');
  let missing = 0;
  let settledMissing = 0;
  for (const [index, times] of arrived.view.entries()) {
    assert.ok(times <= 1, `item ${index} arrived ${times} times`);
    if (times === 1) continue;
    missing += 1;
    settledMissing += settled.view[index] as number;
  }
  return { missing, settledMissing };
}

for (const maxSize of [0, 100]) {
  test(`4 producers of ${COUNT} items each, 4 consumers, maxSize ${maxSize}: each once, whole, in order`, async () => {
    const campaign = openCampaign(maxSize);
    const consumers = range(CONSUMERS).map(() => start(consume, campaign) as unknown as Process);
    await waitForAll(
      range(PRODUCERS).map((producer) => startProducer(campaign, producer)),
      'producer',
    );
    campaign.queue.shutdown();
    await waitForAll(consumers, 'consumer');
    assert.deepEqual(countMissing(campaign), { missing: 0, settledMissing: 0 });
  });
}

test(`the same with ${KILLS} producers and consumers killed: one item lost for each at most, nobody hangs`, async () => {
  const random = createRandom(seed);
  const campaign = openCampaign(100);
  const total = PRODUCERS * COUNT;
  const begun = (): number => campaign.next.view.reduce((sum, n) => sum + n, 0);
  const instants = range(KILLS)
    .map(() => Math.floor(random() * total))
    .sort((a, b) => a - b);
  const children = range(PRODUCERS + CONSUMERS).map((index) =>
    index < PRODUCERS ? startProducer(campaign, index) : (start(consume, campaign) as unknown as Process),
  );
  const killed = { producers: 0, consumers: 0 };
  for (const instant of instants) {
    const end = performance.now() + PATIENCE;
    while (begun() < instant) {
      assert.ok(performance.now() < end, `everybody hangs at ${begun()} of ${total}`);
      await sleep(1);
    }
    await sleep(random() * 5);
    const index = Math.floor(random() * children.length);
    const child = children[index] as Process;
    child.kill();
    assert.equal(await child.join(PATIENCE), true);
    // A producer that had ended by itself needs no successor.
    if (child.exitCode === 0) continue;
    killed[index < PRODUCERS ? 'producers' : 'consumers'] += 1;
    children[index] =
      index < PRODUCERS ? startProducer(campaign, index) : (start(consume, campaign) as unknown as Process);
  }
  await waitForAll(children.slice(0, PRODUCERS), 'producer');
  campaign.queue.shutdown();
  await waitForAll(children.slice(PRODUCERS), 'consumer');
  const { missing, settledMissing } = countMissing(campaign);
  console.log(`killed: ${killed.producers} producers, ${killed.consumers} consumers; ${missing} items lost`);
  assert.ok(missing <= killed.producers + killed.consumers, `${missing} lost`);
  assert.ok(settledMissing <= killed.consumers, `${settledMissing} lost that had settled`);
  assert.equal(campaign.queue.qsize(), 0);
});
