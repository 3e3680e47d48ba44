import { type JoinableQueue, Lock, Queue, share } from 'brood';

/** Small, too large for the first segments, a crate, a crate with shared objects in it. */
const SORTS = ['small', 'medium', 'large', 'shared'] as const;
type Sort = (typeof SORTS)[number];

export type Operation =
  | { readonly kind: 'put'; readonly name: string; readonly sort: Sort }
  | { readonly kind: 'get' | 'taskDone' | 'look' };

function itemOf(name: string, sort: Sort): unknown[] {
  switch (sort) {
    case 'small':
      return [name];
    case 'medium':
      return [name, 'm'.repeat(700)];
    case 'large':
      return [name, new Uint8Array(100_000).fill(5)];
    case 'shared':
      return [name, new Lock(), share(new Uint8Array(1000)), new Queue()];
    default:
      throw sort satisfies never;
  }
}

export async function applyTo(queue: JoinableQueue, operation: Operation): Promise<void> {
  switch (operation.kind) {
    case 'put':
      return queue.put(itemOf(operation.name, operation.sort));
    case 'get':
      await queue.get();
      return;
    case 'taskDone':
      return queue.taskDone();
    case 'look':
      queue.qsize();
      await queue.join(0);
      return;
    default:
      throw operation satisfies never;
  }
}

/** Which names are in the queue, and how many items are unfinished, after so many of the operations. */
export function outcomeOf(names: readonly string[], operations: readonly Operation[]): string {
  const queued = [...names];
  for (const operation of operations) {
    if (operation.kind === 'put') queued.push(operation.name);
    else if (operation.kind === 'get') queued.shift();
  }
  return queued.join(' ');
}

export function chooseOperations(random: () => number, count: number): Operation[] {
  const operations: Operation[] = [];
  for (let size = 3, taken = 0; operations.length < count; ) {
    const choice = random();
    if (choice < 0.45 || size === 0) {
      const sort = SORTS[Math.floor(random() * SORTS.length)] as Sort;
      operations.push({ kind: 'put', name: `c${operations.length}`, sort });
      size += 1;
    } else if (choice < 0.8) {
      operations.push({ kind: 'get' });
      size -= 1;
      taken += 1;
    } else if (choice < 0.9 && taken > 0) {
      operations.push({ kind: 'taskDone' });
      taken -= 1;
    } else {
      operations.push({ kind: 'look' });
    }
  }
  return operations;
}
