import type { Channel } from '../channel/channel.ts';
import { bytesLeftOut } from '../memory/buffer-block.ts';
import type { CellLife } from '../memory/cells.ts';
import type { EncodeOptions } from '../wire/pack.ts';
import type { Outbox } from './outbox.ts';
import type { ReplyWithBody, WorkerReply, WorkerRequest } from './protocol.ts';

/** What a worker says to its parent. */
export class Replies {
  readonly #channel: Channel<WorkerReply, WorkerRequest>;
  readonly #outbox: Outbox | undefined;

  /** Without an outbox there is no memory that the two share, and nothing to be kept. */
  constructor(channel: Channel<WorkerReply, WorkerRequest>, outbox: Outbox | undefined) {
    this.#channel = channel;
    this.#outbox = outbox;
  }

  send(reply: WorkerReply): void {
    this.#channel.send(reply);
  }

  /** With what `encode` makes of a value, given these options. Nothing is sent if it throws, or there is no room for it. */
  sendValue(reply: ReplyWithBody, encode: (options: EncodeOptions) => Uint8Array): void {
    const list: CellLife[] = [];
    const held: object[] = [];
    const body = encode(this.#outbox ? { carriage: 'listed', list, held, leavesOut: true } : { carriage: 'lent' });
    // Kept first: killed in between, nobody hears of it, and it goes with the outbox.
    if (list.length > 0) this.#outbox?.put(list);
    const leftOut = bytesLeftOut(held);
    if (list.length === 0) this.#channel.send(reply, body);
    else this.#channel.send({ ...reply, refers: true, ...(leftOut > 0 && { leftOut }) }, body);
  }
}
