import { PassThrough } from 'node:stream';
import { type FastifyReply } from 'fastify';

export const EVENT_STREAM = 'text/event-stream';
/** Below the idle timeouts of proxies. Also the longest time that a stream stays open after its caller loses access. */
const HEARTBEAT_MS = 5_000;
/** Clients reconnect automatically, so proxies do not need to allow longer connections. */
const MAX_DURATION_MS = 300_000;
/** The stream is closed when the client reads no pending data during this many heartbeats. */
const STUCK_HEARTBEATS = 6;
/** The stream is closed when more is unread. */
const MAX_UNREAD_BYTES = 1_048_576;

/** One event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface ServerEvent {
  id: string;
  event: string;
  data: object;
}

/** A response of server-sent events and heartbeats. Ends after five minutes, or when the caller loses access. */
export class EventStream {
  private readonly body = new PassThrough();
  private written = 0;
  private readBefore = 0;
  private stuckHeartbeats = 0;

  /**
   * Starts the response.
   * @param mayRead called at each heartbeat; rejects when the caller has lost access
   * @param onEnd called once when the stream ends
   */
  open(reply: FastifyReply, mayRead: () => Promise<unknown>, onEnd: () => void): void {
    const [goOn, end] = [() => this.write(': heartbeat\n\n'), () => this.end()];
    const heartbeat = setInterval(() => {
      this.checkReader();
      void mayRead().then(goOn, end);
    }, HEARTBEAT_MS);
    const life = setTimeout(end, MAX_DURATION_MS);
    this.body.once('close', () => {
      clearInterval(heartbeat);
      clearTimeout(life);
      onEnd();
    });
    // Without `close` the connection would delay the shutdown of the server.
    reply.headers({ 'x-accel-buffering': 'no', connection: 'close' }).type(EVENT_STREAM).send(this.body);
    this.write('retry: 2000\n\n'); // also sends the headers
  }

  send({ id, event, data }: ServerEvent): void {
    this.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    this.body.end();
  }

  private write(text: string): void {
    if (this.body.writableEnded || this.body.destroyed) return;
    if (this.unread() > MAX_UNREAD_BYTES) return void this.body.destroy();
    this.body.write(text);
    this.written += Buffer.byteLength(text);
  }

  /** Bytes that are buffered here. */
  private unread(): number {
    return this.body.writableLength + this.body.readableLength;
  }

  private checkReader(): void {
    const readBytes = this.written - this.unread();
    this.stuckHeartbeats = this.unread() > 0 && readBytes === this.readBefore ? this.stuckHeartbeats + 1 : 0;
    this.readBefore = readBytes;
    if (this.stuckHeartbeats >= STUCK_HEARTBEATS) this.body.destroy();
  }
}
