import { type Actor, type Event, type EventName, type Lane, LANES } from '@tidegate/contracts';
import { type Delivery, type EventPublisher, DEAD_LETTER_AFTER, DEAD_LETTER_MESSAGE } from '@tidegate/messaging';
import { type Logger, type Metrics, within } from '@tidegate/observability';
import { crashPoint } from '@tidegate/runtime';
import { type Database } from './database.js';
import { Loop, POLL_MS } from './loop.js';
import { type Tx } from './tx.js';

interface OutboxRow {
  id: string;
  name: EventName;
  integration_id: string | null;
  subject: string;
  version: string;
  time: Date;
  request_id: string;
  actor: Actor;
  traceparent: string | null;
  tracestate: string | null;
  data: Event['data'];
  attempts: number;
}
interface DeliveryRow {
  event_id: string;
  subscriber: string;
  state: 'due' | 'done' | 'dead';
  attempts: number;
}

/** `retry_seconds` is null unless the delivery is due. */
type SettledDelivery = DeliveryRow & { reason: string | null; progressed: boolean; retry_seconds: number | null };

/** Largest number of new rows of a batch, and of rows that are delivered again. */
const BATCH = 100;
/** Longest wait for one delivery of a batch. The subscriber continues; a repeated delivery has no effect. */
const DELIVERY_TIMEOUT_MS: Record<Lane, number> = { urgent: 1_000, normal: 2_000 };
const FIRST_RETRY_SECONDS = 0.25;
/** Longest pause before an event is delivered again to a subscriber that was unavailable. */
const UNAVAILABLE_RETRY_MAX_SECONDS: Record<Lane, number> = { urgent: 0.5, normal: 5 };
/** Longest pause before an event is delivered again to a subscriber that failed to handle it. */
const FAILED_RETRY_MAX_SECONDS = 30;
const INBOX_DAYS = 30;
/** Pause between two log lines about the same unavailable subscriber. */
const UNAVAILABLE_WARNING_MS = 60_000;

/** Delivers events from the outbox to their subscribers. Several relays can run, because each claims rows. */
export class Relay {
  private readonly loops: Record<Lane, Loop>;
  private prunedAt = 0;
  /** The time of the last log line about each unavailable subscriber. */
  private readonly warnedAt = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly publisher: EventPublisher,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    const onFault = (error: unknown) => logger.warn({ err: error }, 'Events cannot be delivered');
    // One loop for each lane, so normal events do not delay deactivations.
    this.loops = {
      normal: new Loop(() => this.step('normal'), onFault),
      urgent: new Loop(() => this.step('urgent'), onFault),
    };
    database.onEventsCommitted((lane) => this.loops[lane].wake());
  }

  start(): void {
    for (const lane of LANES) this.loops[lane].start();
  }

  /** Resolves when the current batches have ended. Other events stay in the outbox. */
  async stop(): Promise<void> {
    await Promise.all(LANES.map((lane) => this.loops[lane].stop()));
  }

  /** @returns the pause before the next batch in milliseconds; @throws if no event of the batch was delivered */
  private async step(lane: Lane): Promise<number> {
    const { claimed, progressed, reason } = await this.batch(lane);
    if (claimed > 0 && progressed === 0) throw new Error(`no event was delivered: ${reason ?? 'unknown reason'}`);
    if (claimed >= BATCH) return 0;
    if (lane === 'normal') await this.prune();
    return POLL_MS;
  }

  /**
   * Claims due rows, delivers them and stores the results in one transaction. After a crash at any point they are due.
   * @returns the number of claimed rows, and of rows with progress: delivered to a subscriber, or failed by one
   */
  private batch(lane: Lane): Promise<{ claimed: number; progressed: number; reason?: string | null }> {
    return this.database.unscoped(async (tx) => {
      // Each has its part of the batch: neither delays the other. New rows have -infinity.
      const due = (condition: string, order: string) =>
        `SELECT id, name, integration_id, subject, version, time, request_id, actor, traceparent, tracestate, data, attempts
         FROM ${this.database.schema}.outbox WHERE urgent = $1 AND ${condition}
         ORDER BY ${order} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
      const rows = await tx.rows<OutboxRow>(
        `WITH new AS MATERIALIZED (${due(`next_try_at = '-infinity'`, 'id')}),
           again AS MATERIALIZED (${due(`next_try_at > '-infinity' AND next_try_at <= now()`, 'next_try_at, id')})
         SELECT * FROM new UNION ALL SELECT * FROM again`,
        [lane === 'urgent'],
      );
      if (rows.length === 0) return { claimed: 0, progressed: 0 };
      crashPoint('relay.claimed');
      const earlier = await this.earlierDeliveries(tx, rows);
      const results = await Promise.all(rows.map((row) => this.deliver(lane, row, earlier.get(row.id) ?? [])));
      crashPoint('relay.delivered');
      const finished = rows.filter((_, i) => results[i]!.every((d) => d.state === 'done')).map((row) => row.id);
      const open = results.filter((deliveries) => deliveries.some((d) => d.state !== 'done'));
      await this.finish(tx, finished);
      await this.postpone(tx, open.flat());
      const progressed = finished.length + open.filter((deliveries) => deliveries.some((d) => d.progressed)).length;
      return { claimed: rows.length, progressed, reason: open.flat().find((d) => d.state === 'due')?.reason };
    });
  }

  private async earlierDeliveries(tx: Tx, rows: OutboxRow[]): Promise<Map<string, DeliveryRow[]>> {
    const tried = rows.filter((row) => row.attempts > 0).map((row) => row.id);
    if (tried.length === 0) return new Map();
    const found = await tx.rows<DeliveryRow>(
      `SELECT event_id, subscriber, state, attempts FROM ${this.database.schema}.outbox_delivery WHERE event_id = ANY ($1::uuid[])`,
      [tried],
    );
    const byEvent = new Map<string, DeliveryRow[]>();
    for (const delivery of found) byEvent.set(delivery.event_id, [...(byEvent.get(delivery.event_id) ?? []), delivery]);
    return byEvent;
  }

  private deliver(lane: Lane, row: OutboxRow, earlier: DeliveryRow[]): Promise<SettledDelivery[]> {
    const event = eventOf(row);
    return Promise.all(
      this.publisher.destinations(event).map(async (subscriber) => {
        const before = earlier.find((delivery) => delivery.subscriber === subscriber);
        if (before && before.state !== 'due')
          return { ...before, reason: null, progressed: false, retry_seconds: null };
        const delivery = await within(DELIVERY_TIMEOUT_MS[lane], () => this.publisher.deliver(event, subscriber)).catch(
          late,
        );
        if (delivery.outcome === 'unavailable') this.reportUnavailable(subscriber, delivery.reason);
        const after = next(delivery, before?.attempts ?? 0, pause(row.attempts, UNAVAILABLE_RETRY_MAX_SECONDS[lane]));
        if (after.state === 'dead') this.reportDeadLetter(row, subscriber);
        return { event_id: row.id, subscriber, progressed: delivery.outcome !== 'unavailable', ...after };
      }),
    );
  }

  private reportUnavailable(subscriber: string, reason: string): void {
    this.metrics.undelivered.inc({ subscriber });
    const now = performance.now();
    if (now - (this.warnedAt.get(subscriber) ?? -Infinity) < UNAVAILABLE_WARNING_MS) return;
    this.warnedAt.set(subscriber, now);
    this.logger.warn({ subscriber, reason }, 'A subscriber of events is unavailable');
  }

  private reportDeadLetter({ id, name }: OutboxRow, subscriber: string): void {
    this.logger.error({ eventId: id, name, subscriber }, DEAD_LETTER_MESSAGE);
    this.metrics.deadLetters.inc({ name });
  }

  private async finish(tx: Tx, ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.run(`DELETE FROM ${this.database.schema}.outbox WHERE id = ANY ($1::uuid[])`, [ids]);
  }

  /** Stores the state of deliveries of events that stay in the outbox, and when they are due. */
  private async postpone(tx: Tx, deliveries: SettledDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    await tx.run(
      `WITH tried AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb)
           AS d (event_id uuid, subscriber text, state text, attempts integer, reason text, retry_seconds float8)
       ), clock AS MATERIALIZED (
         SELECT clock_timestamp() AS time -- after the deliveries, which can take seconds
       ), kept AS (
         INSERT INTO ${this.database.schema}.outbox_delivery (event_id, subscriber, state, attempts, reason, since)
         SELECT event_id, subscriber, state, attempts, reason, time FROM tried, clock
         ON CONFLICT (event_id, subscriber) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
           reason = excluded.reason, since = excluded.since WHERE outbox_delivery.state = 'due'
       )
       UPDATE ${this.database.schema}.outbox SET attempts = outbox.attempts + 1, next_try_at = tries.next_try_at
       FROM (SELECT event_id, coalesce(time + make_interval(secs => min(retry_seconds)), 'infinity') AS next_try_at
             FROM tried, clock GROUP BY event_id, time) AS tries
       WHERE outbox.id = tries.event_id`,
      [JSON.stringify(deliveries)],
    );
  }

  /** Deletes old ids from the inbox: their events cannot be delivered again. */
  private async prune(): Promise<void> {
    if (Date.now() - this.prunedAt < 3_600_000) return;
    this.prunedAt = Date.now();
    await this.database.unscoped((tx) =>
      tx.run(
        `DELETE FROM ${this.database.schema}.inbox WHERE received_at < now() - make_interval(days => ${INBOX_DAYS})`,
      ),
    );
  }
}

/** @returns seconds until the next attempt: doubled with each earlier attempt, up to `max` */
const pause = (earlierAttempts: number, max: number): number =>
  Math.min(max, FIRST_RETRY_SECONDS * 2 ** earlierAttempts);

/** For `within`, which rejects only after the timeout: `deliver` never rejects. */
const late = (): Delivery => ({ outcome: 'unavailable', reason: 'the subscriber did not handle it in time' });

/**
 * @param failures of this delivery before the attempt; an unavailable subscriber is not counted
 * @param unavailableSeconds the pause before the next attempt if the subscriber is unavailable
 * @returns the state of a delivery after an attempt
 */
function next(
  delivery: Delivery,
  failures: number,
  unavailableSeconds: number,
): Pick<SettledDelivery, 'state' | 'attempts' | 'reason' | 'retry_seconds'> {
  if (delivery.outcome === 'done') return { state: 'done', attempts: failures, reason: null, retry_seconds: null };
  const { outcome, reason } = delivery;
  if (outcome === 'unavailable') return { state: 'due', attempts: failures, reason, retry_seconds: unavailableSeconds };
  const attempts = failures + 1;
  if (attempts >= DEAD_LETTER_AFTER) return { state: 'dead', attempts, reason, retry_seconds: null };
  return { state: 'due', attempts, reason, retry_seconds: pause(attempts, FAILED_RETRY_MAX_SECONDS) };
}

function eventOf(row: OutboxRow): Event {
  return {
    id: row.id,
    name: row.name,
    integrationId: row.integration_id,
    subject: row.subject,
    version: Number(row.version),
    time: row.time.toISOString(),
    requestId: row.request_id,
    actor: row.actor,
    traceparent: row.traceparent ?? undefined,
    tracestate: row.tracestate ?? undefined,
    data: row.data,
  };
}
