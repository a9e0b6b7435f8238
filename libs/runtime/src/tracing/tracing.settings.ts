import { type ConfigOf } from '../config.js';
import { httpUrl, oneOf, optional, type Setting, text } from '../settings.js';

/** Samplers by their name in `OTEL_TRACES_SAMPLER`: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** HTTP headers as `name=value,name=value`, with values in percent-encoding (OTLP exporter specification). Never shown. */
function headers(name: string): Setting<Readonly<Record<string, string>>> {
  return {
    name,
    expects: 'headers as name=value, separated by commas, with special characters as %20',
    shown: false,
    parse: (given) => {
      const pairs = given.split(',').map((pair) => /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*?)\s*$/.exec(pair));
      try {
        return pairs.every((pair) => pair !== null)
          ? Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, decodeURIComponent(value)]))
          : undefined;
      } catch {
        return undefined; // not percent-encoding
      }
    },
    fallback: { value: {} },
  };
}

/** A number from 0 to 1. */
function ratio(name: string, byDefault: number): Setting<number> {
  return {
    name,
    expects: 'a number from 0 to 1',
    shown: true,
    parse: (given) => (/^(0(\.\d+)?|1(\.0+)?)$/.test(given) ? Number(given) : undefined),
    fallback: { value: byDefault },
  };
}

/** The settings of traces, with the names of OpenTelemetry. Without an endpoint no spans are recorded. */
export const TRACING_SETTINGS = {
  /** The collector; spans are sent to `/v1/traces` below it. */
  endpoint: optional(httpUrl('OTEL_EXPORTER_OTLP_ENDPOINT')),
  headers: headers('OTEL_EXPORTER_OTLP_HEADERS'),
  serviceName: optional(text('OTEL_SERVICE_NAME')),
  sampler: oneOf('OTEL_TRACES_SAMPLER', SAMPLERS, 'parentbased_always_on'),
  samplerArg: ratio('OTEL_TRACES_SAMPLER_ARG', 1),
};

export type TracingConfig = ConfigOf<typeof TRACING_SETTINGS>;
