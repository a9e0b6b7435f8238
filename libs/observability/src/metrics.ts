import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { within } from './within.js';

/** Seconds, from a lookup in one's own memory to the moment Okta hangs up. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How long a reading may take, and for how long it is told. */
const READING_MS = 2_000;

const HISTOGRAMS = {
  httpRequest: ['http_request_duration_seconds', 'Answering one HTTP request', ['method', 'route', 'status']],
  command: ['command_duration_seconds', 'One command, from arrival to reply', ['name', 'outcome']],
  event: ['event_handling_seconds', 'Hearing one event, up to the commit', ['name', 'outcome']],
  revocationDecided: ['revocation_decided_seconds', 'From the deactivation of a user to the grants revoking', []],
} as const;

const COUNTERS = {
  deadLetters: ['dead_letters_total', 'Messages set aside for an operator', ['name']],
  undelivered: [
    'event_deliveries_failed_total',
    'Attempts to deliver an event to a subscriber that was away',
    ['subscriber'],
  ],
  provisioningLogDropped: ['provisioning_log_dropped_total', 'Entries of the provisioning log that were not kept', []],
} as const;

const GAUGES = {
  outboxBacklog: ['outbox_unpublished', 'Events committed and not yet told'],
  outboxOldestAgeSeconds: ['outbox_oldest_age_seconds', 'Age of the oldest event not yet told'],
  grantsLive: ['grants_live', 'Grants that give membership now'],
  scimTokenExpirySeconds: ['scim_token_expiry_seconds', 'Until the first SCIM token ends that has no successor'],
  apiKeyExpirySeconds: ['api_key_expiry_seconds', 'Until the first API key ends'],
  requestsUndecidable: ['requests_undecidable', 'Pending requests that no approver can decide'],
  grantsRevoking: ['grants_revoking', 'Grants whose end the target has not confirmed'],
} as const;

type LabelOf<Row> = Row extends readonly [string, string, readonly (infer Label extends string)[]] ? Label : never;

/** What a gauge reading may tell; what it leaves out is not reported. */
export type GaugeReading = Partial<Record<keyof typeof GAUGES, number>>;

/** The instruments of one service. Durations are seconds: `const done = metrics.command.startTimer({ name })`. */
export type Metrics = { readonly [K in keyof typeof HISTOGRAMS]: Histogram<LabelOf<(typeof HISTOGRAMS)[K]>> } & {
  readonly [K in keyof typeof COUNTERS]: Counter<LabelOf<(typeof COUNTERS)[K]>>;
} & {
  readonly registry: Registry;
  /**
   * Has `read` called before a scrape for at most 2 s, and its answer kept for 2 s: whoever asks for metrics, and however
   * often, does not wear the database out. While it fails its gauges are absent rather than stale.
   */
  collect(read: () => Promise<GaugeReading>): void;
  /** All instruments in Prometheus' text format. */
  text(): Promise<string>;
};

export interface CreateMetricsOptions {
  /** Adds memory, CPU and event loop of the process: for one service of each process. */
  processMetrics?: boolean;
}

/**
 * The instruments of one service in a registry of its own, each sample labelled `service`, so that several services
 * can live in one process. Labels take words of the program only (route patterns, message names, outcomes), never ids.
 */
export function createMetrics(service: string, { processMetrics = false }: CreateMetricsOptions = {}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  if (processMetrics) collectDefaultMetrics({ register: registry });

  const described = (name: string, help: string) => ({ name: `tidegate_${name}`, help, registers: [registry] });
  const histograms = mapRows(
    HISTOGRAMS,
    ([name, help, labelNames]) => new Histogram<string>({ ...described(name, help), labelNames, buckets: SECONDS }),
  );
  const counters = mapRows(
    COUNTERS,
    ([name, help, labelNames]) => new Counter<string>({ ...described(name, help), labelNames }),
  );
  const gauges = mapRows(GAUGES, ([name, help]) => new Gauge<string>(described(name, help)));
  // A new gauge reads 0; nobody has measured yet, so it must not say so.
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

  const readNowAndThen = everySoOften(READING_MS, read);

  return {
    ...(histograms as Pick<Metrics, keyof typeof HISTOGRAMS>),
    ...(counters as Pick<Metrics, keyof typeof COUNTERS>),
    registry,
    collect: (reader) => void readers.push(oneAtATime(reader)),
    text: async () => {
      await readNowAndThen();
      return registry.metrics();
    },
  };
}

/**
 * One text for the services of one process: the format allows each metric's HELP and TYPE once, so the samples of
 * equal metrics are put together (Prometheus exposition formats, "Comments, help text, and type information").
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

/** Runs `work` when it is called later than `milliseconds` after it last began; calls before share that run's outcome. */
function everySoOften(milliseconds: number, work: () => Promise<void>): () => Promise<void> {
  let last: { outcome: Promise<void>; until: number } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now >= last.until) last = { outcome: work(), until: now + milliseconds };
    return last.outcome;
  };
}

/** A work that takes longer than its caller waits is not begun a second time beside itself. */
function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work().finally(() => (running = undefined)));
}

function mapRows<T extends object, R>(table: T, build: (row: T[keyof T]) => R): Record<keyof T, R> {
  return Object.fromEntries(Object.entries(table).map(([key, row]) => [key, build(row as T[keyof T])])) as Record<
    keyof T,
    R
  >;
}
