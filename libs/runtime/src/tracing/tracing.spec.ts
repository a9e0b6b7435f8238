import {
  createLogger,
  currentRequestId,
  currentTrace,
  newTrace,
  openSpan,
  type SpanRule,
  traced,
  traceIdOf,
  withRequestId,
} from '@tidegate/observability';
import { OtlpCollector } from '@tidegate/testing';
import { Releases } from '../releases.js';
import { startTracing } from './start-tracing.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`, tracestate: 'rojo=1' };
const JOB: SpanRule<string> = {
  kind: 'internal',
  name: (kind) => `job ${kind}`,
  attributes: (kind) => ({ 'job.kind': kind, 'job.size': 7, absent: undefined }),
};
const STEP: SpanRule<string> = { ...JOB, kind: 'client', name: (step) => step, nested: true };

let releases: Releases;
const lines: string[] = [];
const logger = createLogger({ service: 'identity', destination: { write: (line) => void lines.push(line) } });
const start = (env: Record<string, string>, service = 'identity') => startTracing(service, env, releases, logger);

beforeEach(() => (releases = new Releases()));
afterEach(() => releases.release());

describe('without a collector', () => {
  it('work runs in the same trace, and nothing is recorded', async () => {
    await start({ OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' });
    const seen = await withRequestId('one', () => traced(JOB, 'a', async (trace) => [trace, currentTrace()]), CALLER);
    expect(seen).toEqual([undefined, CALLER]);
    expect(openSpan(JOB, 'a')).toBeUndefined();
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER must be one of always_on'],
    [{ OTEL_TRACES_SAMPLER_ARG: '2' }, 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'hunter2' }, 'OTEL_EXPORTER_OTLP_HEADERS must be headers'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'key=%hunter2' }, 'OTEL_EXPORTER_OTLP_HEADERS must be headers'],
  ])('the setting %j is an error that shows no secret', async (env: Record<string, string>, fault) => {
    const error = await start(env).catch(String);
    expect(error).toContain(fault);
    expect(error).not.toContain('hunter2');
  });
});

describe('with a collector', () => {
  let collector: OtlpCollector;
  const run = async (env: Record<string, string>, work: () => Promise<unknown>) => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, ...env });
    await work();
    await releases.release();
    return collector.spans;
  };

  beforeEach(async () => void (collector = await OtlpCollector.start()));
  afterEach(() => collector.stop());

  it('a span continues the trace and is the parent of what its work records', async () => {
    const nested = () => traced(STEP, 'select', async () => [currentRequestId(), currentTrace()]);
    let seen: unknown[] = [];
    const spans = await run({}, () =>
      withRequestId('one', () => traced(JOB, 'a', async () => void (seen = await nested())), CALLER),
    );
    const [step, job] = spans;
    expect(job).toMatchObject({
      service: 'tidegate-identity',
      name: 'job a',
      kind: 1,
      failed: false,
      ...{ traceId: TRACE_ID, parentSpanId: '00f067aa0ba902b7', traceState: 'rojo=1' },
    });
    expect(job?.attributes).toEqual({ 'job.kind': 'a', 'job.size': 7 });
    expect(step).toMatchObject({ name: 'select', kind: 3, traceId: TRACE_ID, parentSpanId: job?.spanId });
    expect(seen).toEqual(['one', { traceparent: `00-${TRACE_ID}-${step?.spanId}-01`, tracestate: 'rojo=1' }]);
  });

  it('work without a trace begins one, except as a part of other work', async () => {
    const spans = await run({}, async () => {
      await traced(STEP, 'select', async () => undefined);
      await traced(JOB, 'a', async () => undefined);
    });
    expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([['job a', '']]);
  });

  it('a trace that its caller does not record is not recorded, and continues', async () => {
    const trace = newTrace();
    let continued = CALLER;
    const spans = await run({}, () =>
      withRequestId('one', () => traced(JOB, 'a', async (sent) => void (continued = sent as typeof CALLER)), trace),
    );
    expect(spans).toEqual([]);
    expect([traceIdOf(continued), continued.traceparent.slice(-3)]).toEqual([traceIdOf(trace), '-00']);
  });

  it.each([
    ['always_on', newTrace(), 1],
    ['always_off', CALLER, 0],
    ['traceidratio', CALLER, 0],
    ['parentbased_always_off', CALLER, 1],
    ['parentbased_always_off', undefined, 0],
    ['parentbased_traceidratio', undefined, 0],
    ['parentbased_traceidratio', CALLER, 1],
  ])('the sampler %s records of %j %i span', async (sampler, trace, count) => {
    const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' };
    const rule = { ...JOB, parent: () => trace };
    expect(await run(env, () => traced(rule, 'a', async () => undefined))).toHaveLength(count);
  });

  it('an error is recorded by its code or class, without its message', async () => {
    class Conflict extends Error {}
    const fail = (error: Error, rule = JOB) => traced(rule, 'a', () => Promise.reject(error)).catch(() => undefined);
    const spans = await run({}, async () => {
      await fail(Object.assign(new Error('Key (user_name)=(alice) exists'), { code: '23505' }));
      await fail(new Conflict('alice'));
      await fail(new Conflict('alice'), { ...JOB, isFailure: () => false });
    });
    expect(spans.map(({ failed, attributes }) => [failed, attributes['error.type']])).toEqual([
      [true, '23505'],
      [true, 'Conflict'],
      [false, 'Conflict'],
    ]);
    expect(collector.received.join()).not.toContain('alice');
  });

  it('the collector gets the configured headers and name', async () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b=, other=1', OTEL_SERVICE_NAME: 'acme' };
    const spans = await run(env, () => traced(JOB, 'a', async () => undefined));
    expect(spans.map(({ service }) => service)).toEqual(['acme']);
    expect(collector.received[0]).toContain('"x-key":"a b=","other":"1"');
  });

  it('work continues and a warning without secrets is logged when the collector refuses the spans', async () => {
    collector.status = 403;
    await run({ OTEL_EXPORTER_OTLP_HEADERS: 'key=hunter2' }, () => traced(JOB, 'a', async () => undefined));
    expect(lines.filter((line) => line.includes('Traces cannot be exported'))).toHaveLength(1);
    expect(lines.join()).not.toContain('hunter2');
  });
});
