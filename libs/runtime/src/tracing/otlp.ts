import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace as traceApi,
  type Context,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { isSampled, type Recorder, type TraceContext, traceIdOf } from '@tidegate/observability';
import { type TracingConfig } from './tracing.settings.js';

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

const SAMPLERS: Record<TracingConfig['sampler'], (ratio: number) => Sampler> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
};

/**
 * Sends spans in batches to a collector, over OTLP/HTTP with JSON. While it does not respond, at most 2,048 spans wait;
 * others are dropped. The only file that imports OpenTelemetry.
 *
 * @param onFault receives the error of each batch that was not accepted
 * @returns the recorder, and a function that sends the remaining spans
 */
export function exportSpans(
  config: TracingConfig & { endpoint: string; serviceName: string },
  onFault: (error: unknown) => void,
): { recorder: Recorder; flush: () => Promise<void> } {
  const url = `${config.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = reportFaults(new OTLPTraceExporter({ url, headers: { ...config.headers } }), onFault);
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': config.serviceName })),
    sampler: SAMPLERS[config.sampler](config.samplerArg),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('tidegate');
  const recorder: Recorder = (kind, name, attributes, parent) => {
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, contextOf(parent));
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      trace: { traceparent: `00-${traceId}-${spanId}-0${traceFlags & 1}`, tracestate: parent?.tracestate },
      end: (more, failure) => {
        if (more) span.setAttributes(more);
        if (failure !== undefined) span.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  };
  return { recorder, flush: () => provider.shutdown() };
}

function contextOf(parent: TraceContext | undefined): Context {
  if (!parent) return ROOT_CONTEXT;
  return traceApi.setSpanContext(ROOT_CONTEXT, {
    traceId: traceIdOf(parent),
    spanId: parent.traceparent.slice(36, 52),
    traceFlags: Number(isSampled(parent)),
    ...(parent.tracestate !== undefined && { traceState: createTraceState(parent.tracestate) }),
  });
}

/** The SDK itself reports failed exports nowhere. */
function reportFaults(exporter: SpanExporter, onFault: (error: unknown) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error) onFault(result.error);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}
