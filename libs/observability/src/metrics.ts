import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { within } from './within.js';

/** Histogram buckets in seconds, from an in-memory lookup to Okta's request timeout. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Maximum duration of a gauge reading, and how long its result is cached. */
const READING_MS = 2_000;

const HISTOGRAMS = {
  httpRequest: ['http_request_duration_seconds', 'Duration of HTTP requests', ['method', 'route', 'status']],
  command: ['command_duration_seconds', 'Duration of commands from arrival to reply', ['name', 'outcome']],
  event: ['event_handling_seconds', 'Duration of event handling up to the commit', ['name', 'outcome']],
  revocationDecided: [
    'revocation_decided_seconds',
    'Time from the deactivation of a user until their grants are being revoked',
    [],
  ],
} as const;

const COUNTERS = {
  deadLetters: ['dead_letters_total', 'Messages moved to a dead-letter queue', ['name']],
  undelivered: ['event_deliveries_failed_total', 'Failed attempts to deliver an event to a subscriber', ['subscriber']],
  eventsIgnored: ['events_ignored_total', 'Events acknowledged without a handler', ['name']],
  provisioningLogDropped: ['provisioning_log_dropped_total', 'Provisioning log entries that were dropped', []],
} as const;

const GAUGES = {
  outboxBacklog: ['outbox_unpublished', 'Committed events that are not yet published'],
  outboxOldestAgeSeconds: ['outbox_oldest_age_seconds', 'Age of the oldest event that is not yet published'],
  grantsLive: ['grants_live', 'Grants that currently give membership'],
  scimTokenExpirySeconds: [
    'scim_token_expiry_seconds',
    'Time until the first SCIM token without a replacement expires',
  ],
  apiKeyExpirySeconds: ['api_key_expiry_seconds', 'Time until the first API key expires'],
  requestsUndecidable: ['requests_undecidable', 'Pending requests that no approver can review'],
  projectionRebuilds: ['projection_rebuilds', 'Integrations whose users and groups are being read from identity again'],
  grantsRevoking: ['grants_revoking', 'Ended grants that the target has not confirmed'],
} as const;

type LabelOf<Row> = Row extends readonly [string, string, readonly (infer Label extends string)[]] ? Label : never;

/** The result of a gauge reading. Missing gauges are not reported. */
export type GaugeReading = Partial<Record<keyof typeof GAUGES, number>>;

/** The instruments of one service. Durations are seconds: `const done = metrics.command.startTimer({ name })`. */
export type Metrics = { readonly [K in keyof typeof HISTOGRAMS]: Histogram<LabelOf<(typeof HISTOGRAMS)[K]>> } & {
  readonly [K in keyof typeof COUNTERS]: Counter<LabelOf<(typeof COUNTERS)[K]>>;
} & {
  readonly registry: Registry;
  /**
   * Registers a gauge reading. It runs before a scrape for at most 2 s and its result is cached for 2 s, so that frequent
   * scrapes don't load the database. When it fails, its gauges are absent rather than stale.
   */
  collect(read: () => Promise<GaugeReading>): void;
  /** @returns all metrics in the Prometheus text format */
  text(): Promise<string>;
};

export interface CreateMetricsOptions {
  /** Adds memory, CPU and event loop metrics. Set it for one service per process. */
  processMetrics?: boolean;
}

/**
 * Creates the instruments of one service in its own registry, with the label `service` on each sample, so that several
 * services can run in one process. Label values must come from the program (route patterns, message names, outcomes), never ids.
 */
export function createMetrics(service: string, { processMetrics = false }: CreateMetricsOptions = {}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  if (processMetrics) collectDefaultMetrics({ register: registry });

  const options = (name: string, help: string) => ({ name: `tidegate_${name}`, help, registers: [registry] });
  const histograms = mapRows(
    HISTOGRAMS,
    ([name, help, labelNames]) => new Histogram<string>({ ...options(name, help), labelNames, buckets: SECONDS }),
  );
  const counters = mapRows(
    COUNTERS,
    ([name, help, labelNames]) => new Counter<string>({ ...options(name, help), labelNames }),
  );
  const gauges = mapRows(GAUGES, ([name, help]) => new Gauge<string>(options(name, help)));
  // A new gauge has the value 0, which is wrong before the first reading.
  for (const gauge of Object.values(gauges)) gauge.remove();

  const readers: (() => Promise<GaugeReading>)[] = [];
  const read = async () => {
    const readings = await Promise.all(readers.map((reader) => within(READING_MS, reader).catch(() => ({}))));
    const reading = readings.reduce<GaugeReading>((all, one) => ({ ...all, ...one }), {});
    for (const name of Object.keys(gauges) as (keyof typeof gauges)[]) {
      const value = reading[name];
      if (value === undefined) gauges[name].remove();
      else gauges[name].set(value);
    }
  };

  const readThrottled = throttled(READING_MS, read);

  return {
    ...(histograms as Pick<Metrics, keyof typeof HISTOGRAMS>),
    ...(counters as Pick<Metrics, keyof typeof COUNTERS>),
    registry,
    collect: (reader) => void readers.push(withoutOverlap(reader)),
    text: async () => {
      await readThrottled();
      return registry.metrics();
    },
  };
}

/**
 * Merges the metrics of several services. The format allows HELP and TYPE once per metric, so samples of the same metric
 * are grouped (Prometheus exposition formats, "Comments, help text, and type information").
 */
export async function metricsText(all: readonly Metrics[]): Promise<string> {
  const texts = await Promise.all(all.map((metrics) => metrics.text()));
  const samplesByHead = new Map<string, string[]>();
  for (const block of texts.flatMap((text) => text.trim().split('\n\n'))) {
    const [help = '', type = '', ...samples] = block.split('\n');
    const head = `${help}\n${type}`;
    samplesByHead.set(head, [...(samplesByHead.get(head) ?? []), ...samples]);
  }
  return [...samplesByHead].map(([head, samples]) => [head, ...samples].join('\n')).join('\n\n') + '\n';
}

/** @returns a function that starts `work` at most once per `milliseconds`; calls in between share the last result */
function throttled(milliseconds: number, work: () => Promise<void>): () => Promise<void> {
  let last: { outcome: Promise<void>; until: number } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now >= last.until) last = { outcome: work(), until: now + milliseconds };
    return last.outcome;
  };
}

/** @returns a function that returns the running call of `work` instead of starting a second one */
function withoutOverlap<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work().finally(() => (running = undefined)));
}

function mapRows<T extends object, R>(table: T, build: (row: T[keyof T]) => R): Record<keyof T, R> {
  return Object.fromEntries(Object.entries(table).map(([key, row]) => [key, build(row as T[keyof T])])) as Record<
    keyof T,
    R
  >;
}
