import { PassThrough } from 'node:stream';
import { type FastifyReply } from 'fastify';

export const EVENT_STREAM = 'text/event-stream';
/** Sooner than any proxy gives up on a silent connection, and how long a stream outlives what let its reader in. */
const HEARTBEAT_MS = 5_000;
/** Then the client comes again by itself: no proxy has to keep a connection for longer. */
const LIFE_MS = 300_000;
/** A reader that takes nothing for so many heartbeats, while there is something to take, is cut off. */
const STUCK_HEARTBEATS = 6;
/** More than this unread means that nobody reads. */
const MOST_UNREAD_BYTES = 1_048_576;

/** One event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface ServerEvent {
  id: string;
  event: string;
  data: object;
}

/** An answer that goes on: events as they happen, comments in between, and an end when five minutes or the rights are over. */
export class EventStream {
  private readonly body = new PassThrough();
  private written = 0;
  private takenBefore = 0;
  private stuckFor = 0;

  /**
   * Begins to answer.
   * @param mayRead asked at each heartbeat; rejects when the reader may not read any more
   * @param onEnd told once, whoever ends it
   */
  open(reply: FastifyReply, mayRead: () => Promise<unknown>, onEnd: () => void): void {
    const [goOn, end] = [() => this.write(': still here\n\n'), () => this.end()];
    const heartbeat = setInterval(() => {
      this.expectReader();
      void mayRead().then(goOn, end);
    }, HEARTBEAT_MS);
    const life = setTimeout(end, LIFE_MS);
    this.body.once('close', () => {
      clearInterval(heartbeat);
      clearTimeout(life);
      onEnd();
    });
    // A connection that outlives its stream would keep the server from closing.
    reply.headers({ 'x-accel-buffering': 'no', connection: 'close' }).type(EVENT_STREAM).send(this.body);
    this.write('retry: 2000\n\n'); // the head goes out with it
  }

  send({ id, event, data }: ServerEvent): void {
    this.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    this.body.end();
  }

  private write(text: string): void {
    if (this.body.writableEnded || this.body.destroyed) return;
    if (this.unread() > MOST_UNREAD_BYTES) return void this.body.destroy();
    this.body.write(text);
    this.written += Buffer.byteLength(text);
  }

  /** Bytes that wait here. */
  private unread(): number {
    return this.body.writableLength + this.body.readableLength;
  }

  private expectReader(): void {
    const taken = this.written - this.unread();
    this.stuckFor = this.unread() > 0 && taken === this.takenBefore ? this.stuckFor + 1 : 0;
    this.takenBefore = taken;
    if (this.stuckFor >= STUCK_HEARTBEATS) this.body.destroy();
  }
}
