import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { within } from './within.js';

/** Histogram buckets in seconds, from an in-memory lookup to Okta's request timeout. */
export const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Maximum duration of a gauge reading, and how long its result is cached. */
const READING_MS = 2_000;

const HISTOGRAMS = {
  httpRequest: ['tidegate_http_request_duration_seconds', 'Duration of HTTP requests', ['method', 'route', 'status']],
  command: ['tidegate_command_duration_seconds', 'Duration of commands from arrival to reply', ['name', 'outcome']],
  event: ['tidegate_event_handling_seconds', 'Duration of event handling up to the commit', ['name', 'outcome']],
} as const;

const COUNTERS = {
  deadLetters: ['tidegate_dead_letters_total', 'Messages moved to a dead-letter queue', ['name']],
  undelivered: [
    'tidegate_event_deliveries_failed_total',
    'Failed attempts to deliver an event to a subscriber',
    ['subscriber'],
  ],
  eventsIgnored: ['tidegate_events_ignored_total', 'Events acknowledged without a handler', ['name']],
} as const;

type LabelOf<Row> = Row extends readonly [string, string, readonly (infer Label extends string)[]] ? Label : never;

/** Gauges that are read together: the name and the description of each. */
export type Gauges = Readonly<Record<string, readonly [name: string, help: string]>>;

/** The result of a gauge reading. Missing gauges are not reported. */
export type GaugeReading<G extends Gauges> = Partial<Record<keyof G, number>>;

/**
 * The instruments that all services share. A service registers its own in `registry`.
 * Durations are seconds: `const done = metrics.command.startTimer({ name })`.
 */
export type Metrics = { readonly [K in keyof typeof HISTOGRAMS]: Histogram<LabelOf<(typeof HISTOGRAMS)[K]>> } & {
  readonly [K in keyof typeof COUNTERS]: Counter<LabelOf<(typeof COUNTERS)[K]>>;
} & {
  readonly registry: Registry;
  /**
   * Registers gauges and their reading. It runs before a scrape for at most 2 s and its result is cached for 2 s, so that
   * frequent scrapes don't load the database. When it fails, its gauges are absent rather than stale.
   */
  collect<G extends Gauges>(gauges: G, read: () => Promise<GaugeReading<G>>): void;
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

  const options = (name: string, help: string) => ({ name, help, registers: [registry] });
  const histograms = mapRows(
    HISTOGRAMS,
    ([name, help, labelNames]) =>
      new Histogram<string>({ ...options(name, help), labelNames, buckets: SECONDS_BUCKETS }),
  );
  const counters = mapRows(
    COUNTERS,
    ([name, help, labelNames]) => new Counter<string>({ ...options(name, help), labelNames }),
  );
  const readings: (() => Promise<void>)[] = [];
  const readThrottled = throttled(READING_MS, async () => void (await Promise.all(readings.map((read) => read()))));

  return {
    ...(histograms as Pick<Metrics, keyof typeof HISTOGRAMS>),
    ...(counters as Pick<Metrics, keyof typeof COUNTERS>),
    registry,
    collect: (table, read) => {
      const gauges = mapRows(table, ([name, help]) => new Gauge<string>(options(name, help)));
      const update = (reading: GaugeReading<typeof table>) => {
        for (const [key, gauge] of Object.entries(gauges)) {
          const value = reading[key];
          if (value === undefined) gauge.remove();
          else gauge.set(value);
        }
      };
      update({}); // a new gauge has the value 0, which is wrong before the first reading
      const reader = withoutOverlap(read);
      readings.push(() => within(READING_MS, reader).then(update, () => update({})));
    },
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
