import { BriefSleep } from '../parking/brief-sleep.ts';
import { Deque } from '../util/deque.ts';
import type { Channel, ChannelListener } from './channel.ts';
import { Inbox } from './inbox.ts';
import type { RingEnds } from './ring-ends.ts';
import { type Looker, lookSoon, stopLooking } from './ring-looks.ts';

/**
 * The parent's end of two rings in shared memory, over the socket channel by which the child was told of them. The socket
 * tells when the child is gone, and serves for the messages too if the child cannot use the rings.
 */
export class RingChannel<Out, In> implements Channel<Out, In> {
  readonly #socket: Channel<Out, In>;
  readonly #ends: RingEnds;
  readonly #sleep = new BriefSleep();
  /** By which way the child's first message came: it uses that one for good. */
  #way: 'unknown' | 'ring' | 'socket' = 'unknown';
  /** Sent while the way was unknown. */
  #early: Array<readonly [Out, readonly Uint8Array[]]> = [];
  /** There was no room for these. */
  readonly #backlog = new Deque<readonly [string, readonly Uint8Array[]]>();
  readonly #inbox = new Inbox<In>();
  #listener: ChannelListener<In> | undefined;
  #news: Disposable | undefined;
  #room: Disposable | undefined;
  #isPublishDue = false;
  /** open; ended: nothing is delivered any more, but the child may live on; closed: all memory is given back. */
  #state: 'open' | 'ended' | 'closed' = 'open';
  readonly #looker: Looker;

  constructor(socket: Channel<Out, In>, ends: RingEnds) {
    this.#socket = socket;
    this.#ends = ends;
    this.#looker = {
      hasNews: () => ends.reader.hasNews(),
      linger: () => this.#linger(),
      onNews: () => this.#look(),
      onQuiet: () => this.#listen(),
    };
  }

  send(head: Out, ...body: readonly Uint8Array[]): void {
    if (this.#state !== 'open') return;
    if (this.#way === 'socket') this.#socket.send(head, ...body);
    else if (this.#way === 'unknown') this.#early.push([head, body]);
    else this.#write(JSON.stringify(head), body);
  }

  receive(listener: ChannelListener<In>): void {
    this.#listener = listener;
    this.#socket.receive({
      onMessage: (head, body) => {
        this.#choose('socket');
        void listener.onMessage(head, body);
      },
      onEnd: (error) => this.#end(error),
      onDeaf: () => listener.onDeaf?.(),
    });
    // Not from there: what a listener throws must not keep others from hearing the bell.
    this.#news = this.#ends.parking.listenAt(this.#ends.newsGate, () => queueMicrotask(() => this.#look()));
    this.#listen();
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#stop();
    this.#state = 'closed';
    const { parking, reader, life } = this.#ends;
    this.#inbox.push(reader.read().frames);
    this.#inbox.clear();
    reader.settlePending();
    parking.arena.heap.drop(life);
  }

  #write(head: string, body: readonly Uint8Array[]): void {
    if (this.#backlog.length > 0 || !this.#tryWrite(head, body)) {
      this.#backlog.push([head, body]);
      this.#awaitRoom();
    }
    if (this.#isPublishDue) return;
    this.#isPublishDue = true;
    queueMicrotask(() => this.#publish());
  }

  #tryWrite(head: string, body: readonly Uint8Array[]): boolean {
    try {
      return this.#ends.writer.tryWrite(head, body);
    } catch (error) {
      queueMicrotask(() => this.#end(error as Error));
      return true;
    }
  }

  #publish(): void {
    this.#isPublishDue = false;
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#expect();
    this.#ends.writer.publish();
  }

  /** The rest of the backlog follows when the child has read on. */
  #awaitRoom(): void {
    const { parking, roomGate, writer } = this.#ends;
    this.#room ??= parking.listenAt(roomGate, () => queueMicrotask(() => this.#writeBacklog()));
    if (!roomGate.listen(() => writer.hasNewRoom())) queueMicrotask(() => this.#writeBacklog());
  }

  #writeBacklog(): void {
    if (this.#state !== 'open') return;
    for (let next = this.#backlog.peek(); next && this.#tryWrite(...next); next = this.#backlog.peek()) {
      this.#backlog.shift();
    }
    this.#publish();
    if (this.#backlog.length > 0) this.#awaitRoom();
    else {
      this.#room?.[Symbol.dispose]();
      this.#room = undefined;
      this.#ends.roomGate.withdraw();
    }
  }

  /** The answer may come soon. Nobody need ring for it: this party looks. */
  #expect(): void {
    this.#ends.newsGate.withdraw();
    lookSoon(this.#looker);
  }

  #linger(): boolean {
    const { newsGate } = this.#ends;
    const { hasNews } = this.#looker;
    return newsGate.spin(hasNews) || this.#sleep.meets((limit) => newsGate.block(hasNews, limit));
  }

  #listen(): void {
    const { newsGate, reader } = this.#ends;
    if (!newsGate.listen(() => reader.hasNews())) queueMicrotask(() => this.#look());
  }

  #look(): void {
    if (this.#state !== 'open') return;
    const error = this.#read();
    if (error) this.#end(error);
    else if (this.#state === 'open') this.#listen();
  }

  #read(): Error | undefined {
    const { frames, error } = this.#ends.reader.read();
    if (frames.length === 0) return error;
    stopLooking(this.#looker);
    this.#ends.wakeWriter();
    this.#choose('ring');
    this.#inbox.push(frames);
    if (this.#listener) this.#inbox.deliver(this.#listener, () => this.#state === 'open');
    return error;
  }

  #choose(way: 'ring' | 'socket'): void {
    if (this.#way !== 'unknown') return;
    this.#way = way;
    for (const [head, body] of this.#early.splice(0)) this.send(head, ...body);
  }

  /** What was published before the end comes first. */
  #end(error?: Error): void {
    if (this.#state !== 'open') return;
    const damage = this.#read();
    if (this.#state !== 'open') return;
    this.#stop();
    this.#listener?.onEnd(error ?? damage);
  }

  #stop(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#socket.close();
    this.#news?.[Symbol.dispose]();
    this.#room?.[Symbol.dispose]();
    stopLooking(this.#looker);
    this.#backlog.clear();
  }
}
