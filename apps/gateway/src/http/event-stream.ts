import { PassThrough } from 'node:stream';
import { type FastifyReply } from 'fastify';

export const EVENT_STREAM = 'text/event-stream';
/** Sooner than any proxy gives up on a silent connection, and how long a stream outlives what let its reader in. */
const HEARTBEAT_MS = 5_000;
/** Then the client comes again by itself: no proxy has to keep a connection for longer. */
const LIFE_MS = 300_000;
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

  /**
   * Begins to answer.
   * @param mayRead asked at each heartbeat; rejects when the reader may not read any more
   * @param onEnd told once, whoever ends it
   */
  open(reply: FastifyReply, mayRead: () => Promise<unknown>, onEnd: () => void): void {
    const [goOn, end] = [() => this.write(': still here\n\n'), () => this.end()];
    const heartbeat = setInterval(() => void mayRead().then(goOn, end), HEARTBEAT_MS);
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
    if (this.body.writableLength > MOST_UNREAD_BYTES) this.body.destroy();
    else this.body.write(text);
  }
}
