export {
  acceptRequestId,
  currentRequestId,
  currentTrace,
  newRequestId,
  withRequestId,
  withTrace,
} from './request-context.js';
export { acceptTrace, isSampled, newTrace, readTrace, traceIdOf, type TraceContext } from './trace-context.js';
export {
  openSpan,
  recordSpans,
  traced,
  type OpenSpan,
  type Recorder,
  type SpanAttributes,
  type SpanRule,
} from './spans.js';
export { isError, isPrivate, maskUrls, redact } from './redact.js';
export {
  createLogger,
  LOG_LEVELS,
  logLevelOf,
  type CreateLoggerOptions,
  type Logger,
  type LogLevel,
} from './logger.js';
export { NestLogger } from './nest-logger.js';
export {
  createMetrics,
  metricsText,
  SECONDS_BUCKETS,
  type CreateMetricsOptions,
  type GaugeReading,
  type Gauges,
  type Metrics,
} from './metrics.js';
export { within } from './within.js';
