import { PassThrough } from 'node:stream';
import { type FastifyReply } from 'fastify';

export const EVENT_STREAM = 'text/event-stream';
/** Sooner than any proxy gives up on a silent connection. */
const HEARTBEAT_MS = 15_000;
/** Then the client comes again by itself, and is asked again who it is. */
const LIFE_MS = 300_000;
/** More than this unread means that nobody reads. */
const MOST_UNREAD_BYTES = 1_048_576;

/** One event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface ServerEvent {
  id: string;
  event: string;
  data: object;
}

/** An answer that goes on: events as they happen, comments in between, and an end after five minutes. */
export class EventStream {
  private readonly body = new PassThrough();

  /**
   * Begins to answer.
   * @param onEnd told once, whoever ends it
   */
  open(reply: FastifyReply, onEnd: () => void): void {
    const heartbeat = setInterval(() => this.write(': still here\n\n'), HEARTBEAT_MS);
    const life = setTimeout(() => this.end(), LIFE_MS);
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
