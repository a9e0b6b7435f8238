import { type Logger, recordSpans, within } from '@tidegate/observability';
import { type Environment, readConfig } from '../config.js';
import { type Releases } from '../releases.js';
import { TRACING_SETTINGS } from './tracing.settings.js';

/** Longest wait for the collector at the end: traces must not delay a shutdown. */
const FLUSH_MS = 3_000;
const WARNING_PAUSE_MS = 60_000;

/**
 * Records spans of this process, if a collector is configured, until `releases` run. Otherwise OpenTelemetry is not loaded.
 *
 * @param service name of the service, for the default of OTEL_SERVICE_NAME
 * @throws ConfigError for invalid settings
 */
export async function startTracing(
  service: string,
  env: Environment,
  releases: Releases,
  logger: Logger,
): Promise<void> {
  const { endpoint, serviceName, ...config } = readConfig(env, TRACING_SETTINGS, { checkNames: false });
  if (endpoint === undefined) return;
  const { exportSpans } = await import('./otlp.js');
  const name = serviceName ?? (service === 'tidegate' ? service : `tidegate-${service}`);
  let warnedAt = -Infinity;
  const onFault = (err: unknown) => {
    const now = performance.now();
    if (now - warnedAt < WARNING_PAUSE_MS) return;
    warnedAt = now;
    logger.warn({ err }, 'Traces cannot be exported');
  };
  const { recorder, flush } = exportSpans({ ...config, endpoint, serviceName: name }, onFault);
  recordSpans(recorder);
  releases.add(async () => {
    recordSpans(undefined);
    await within(FLUSH_MS, flush).catch(onFault);
  });
}
