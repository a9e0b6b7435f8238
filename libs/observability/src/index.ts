export {
  acceptRequestId,
  currentRequestId,
  currentTrace,
  newRequestId,
  withRequestId,
  withTrace,
} from './request-context.js';
export { acceptTrace, newTrace, readTrace, traceIdOf, type TraceContext } from './trace-context.js';
export { openSpan, traced, type OpenSpan, type SpanAttributes, type SpanRule } from './tracing/spans.js';
export { isPrivate, maskUrls, redact } from './redact.js';
export {
  createLogger,
  LOG_LEVELS,
  logLevelOf,
  type CreateLoggerOptions,
  type Logger,
  type LogLevel,
} from './logger.js';
export { NestLogger } from './nest-logger.js';
export { createMetrics, metricsText, type CreateMetricsOptions, type GaugeReading, type Metrics } from './metrics.js';
export { crashPoint, type CrashPoint } from './crash-point.js';
export { IS_PUBLIC, Public } from './public.decorator.js';
export { createOpsApp } from './ops-app.js';
export { OpsModule, type OpsOptions } from './ops.module.js';
export { Readiness, type Checks, type ReadinessReport } from './readiness.js';
export { ConfigError, readConfig, type ConfigOf, type Environment } from './config.js';
export {
  amqpUrl,
  flag,
  httpUrl,
  integer,
  oneOf,
  optional,
  port,
  postgresUrl,
  secret,
  text,
  url,
  type Setting,
} from './settings.js';
export { explainStartError, StartError } from './start-errors.js';
export { Releases } from './releases.js';
export { runOnce } from './run-once.js';
export { runService, type RunServiceOptions } from './run-service.js';
export { within } from './within.js';
