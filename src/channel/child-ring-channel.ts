import type { ChannelListener, ChildChannel } from './channel.ts';
import { Inbox } from './inbox.ts';
import type { RingEnds } from './ring-ends.ts';

/** How long an idle child sleeps without a turn of its event loop, which may have something left to do, in milliseconds. */
const MOMENT = 5;
/** How long messages may follow each other without a turn, in milliseconds. */
const TURN = 5;
/** How often a child that waits for room looks whether its parent lives, in milliseconds. */
const PARENT_CHECK = 100;

/**
 * The child's end. A message is published when `send` returns: whatever happens to this process afterwards, it arrives. Where
 * the ring is full, `send` blocks until the parent has read on.
 */
export class ChildRingChannel<Out, In> implements ChildChannel<Out, In> {
  readonly #socket: ChildChannel<Out, In>;
  readonly #ends: RingEnds;
  readonly #inbox = new Inbox<In>();
  #listener: ChannelListener<In> | undefined;
  #news: Disposable | undefined;
  #isClosed = false;
  /** `rest` was called, and nothing has come since. */
  #isResting = false;
  /** Since when a turn of the event loop is due. */
  #turnDue: number | undefined;

  constructor(socket: ChildChannel<Out, In>, ends: RingEnds) {
    this.#socket = socket;
    this.#ends = ends;
  }

  send(head: Out, ...body: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    try {
      if (this.#write(JSON.stringify(head), body)) this.#ends.writer.publish();
      else this.#end();
    } catch (error) {
      this.#end(error as Error);
    }
  }

  receive(listener: ChannelListener<In>): void {
    this.#listener = listener;
    // Its end is the parent's.
    this.#socket.receive({ onMessage: () => {}, onEnd: (error) => this.#end(error) });
    this.#news = this.#ends.parking.listenAt(this.#ends.newsGate, () => queueMicrotask(() => this.#look()));
    this.#look();
  }

  rest(): void {
    if (this.#isClosed) return;
    this.#isResting = true;
    if (this.#turnDue !== undefined && performance.now() - this.#turnDue > TURN) return;
    const { newsGate, reader } = this.#ends;
    const hasNews = (): boolean => reader.hasNews();
    if (newsGate.spin(hasNews) || (this.#isAlone() && newsGate.block(hasNews, MOMENT))) this.#read();
    else this.#listen();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#news?.[Symbol.dispose]();
    this.#inbox.clear();
    this.#socket.close();
  }

  /** False if the parent is gone. */
  #write(head: string, body: readonly Uint8Array[]): boolean {
    const { writer } = this.#ends;
    while (!writer.tryWrite(head, body)) {
      writer.publish();
      if (!this.#waitForRoom()) return false;
    }
    return true;
  }

  /** Whether nothing but the channel and the streams of output is left in the event loop; what holds nothing up can wait a moment. */
  #isAlone(): boolean {
    let pipes = 0;
    let immediates = 0;
    for (const resource of process.getActiveResourcesInfo()) {
      if (resource === 'PipeWrap' || resource === 'TTYWrap') pipes += 1;
      else if (resource === 'Immediate') immediates += 1;
      else return false;
    }
    return pipes <= 3 && immediates <= (this.#turnDue === undefined ? 0 : 1);
  }

  #look(): void {
    if (this.#isClosed) return;
    this.#read();
    if (!this.#isClosed && this.#turnDue === undefined) this.#listen();
  }

  #read(): void {
    const { frames, error } = this.#ends.reader.read();
    if (frames.length > 0) {
      this.#isResting = false;
      this.#ends.wakeWriter();
      this.#inbox.push(frames);
      this.#askForTurn();
      if (this.#listener) this.#inbox.deliver(this.#listener, () => !this.#isClosed);
    }
    if (error) this.#finish(error);
  }

  /**
   * What comes while a task runs is heard in the next turn of the event loop; only then is a bell worth its price. A child
   * that goes from task to task without one takes the next from the ring.
   */
  #askForTurn(): void {
    if (this.#turnDue !== undefined) return;
    this.#turnDue = performance.now();
    setImmediate(() => {
      this.#turnDue = undefined;
      if (this.#isResting) this.rest();
      else this.#look();
    });
  }

  #listen(): void {
    const { newsGate, reader } = this.#ends;
    if (!newsGate.listen(() => reader.hasNews())) queueMicrotask(() => this.#look());
  }

  /** False if the parent is gone. */
  #waitForRoom(): boolean {
    const { parking, roomGate, writer, peer } = this.#ends;
    while (!roomGate.block(() => writer.hasNewRoom(), PARENT_CHECK)) {
      if (!parking.parties.isAlive(peer(), true)) return false;
    }
    return true;
  }

  /** What was published before comes first. */
  #end(error?: Error): void {
    if (this.#isClosed) return;
    this.#read();
    this.#finish(error);
  }

  #finish(error?: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#listener?.onEnd(error);
  }
}
