import { continueTrace, currentTrace } from './request-context.js';
import { isSampled, type TraceContext } from './trace-context.js';

/** Values of a span, by the names of the semantic conventions (https://opentelemetry.io/docs/specs/semconv/). */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

/**
 * How one kind of operation is recorded. Names and attributes are ids, numbers and words of the program, as in logs: never
 * names of people, addresses, tokens, bodies or values of statements.
 *
 * @template S what the operation is about, for example a command
 */
export interface SpanRule<S> {
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  name(subject: S): string;
  attributes(subject: S): SpanAttributes;
  /** Attributes of the result. */
  result?(value: unknown): SpanAttributes;
  /** Default: the current trace. Undefined begins a trace. */
  parent?(subject: S): TraceContext | undefined;
  /** Whether the operation is recorded only as a part of a recorded one. */
  readonly nested?: boolean;
  /** Whether an error of the operation is a failure, and not one of its usual results. Default: always. */
  isFailure?(error: unknown): boolean;
}

/** A span that is not finished. */
export interface OpenSpan {
  /** The trace for everything that the operation causes. */
  readonly trace: TraceContext;
  /** @param failure what `error.type` is, when the operation failed */
  end(attributes?: SpanAttributes, failure?: string): void;
}

/** Begins spans. @param parent undefined begins a trace */
export type Recorder = (
  kind: SpanRule<never>['kind'],
  name: string,
  attributes: SpanAttributes,
  parent: TraceContext | undefined,
) => OpenSpan;

let recorder: Recorder | undefined;

/** Records all spans of this process from now on; none with undefined, the initial state. */
export function recordSpans(by: Recorder | undefined): void {
  recorder = by;
}

/** @returns a span that the caller ends; undefined while no spans are recorded */
export function openSpan<S>(rule: SpanRule<S>, subject: S): OpenSpan | undefined {
  return recorder && begin(recorder, rule, subject);
}

/**
 * Runs `work`, and records it as a span. Everything that it calls, awaits or schedules is a part of the span. While no spans
 * are recorded this is only the call.
 *
 * @param work receives the trace of the span, for messages to others; undefined without a span
 * @returns the result of `work`; @throws its error
 */
export function traced<S, T>(rule: SpanRule<S>, subject: S, work: (trace?: TraceContext) => Promise<T>): Promise<T> {
  return recorder === undefined ? work() : recorded(recorder, rule, subject, work);
}

async function recorded<S, T>(
  by: Recorder,
  rule: SpanRule<S>,
  subject: S,
  work: (trace?: TraceContext) => Promise<T>,
): Promise<T> {
  const span = begin(by, rule, subject);
  if (!span) return work();
  try {
    const result = await continueTrace(span.trace, () => work(span.trace));
    span.end(rule.result?.(result));
    return result;
  } catch (error) {
    if (rule.isFailure?.(error) ?? true) span.end({}, errorType(error));
    else span.end({ 'error.type': errorType(error) });
    throw error;
  }
}

function begin<S>(by: Recorder, rule: SpanRule<S>, subject: S): OpenSpan | undefined {
  const parent = rule.parent ? rule.parent(subject) : currentTrace();
  if (rule.nested && !(parent && isSampled(parent))) return undefined;
  return by(rule.kind, rule.name(subject), rule.attributes(subject), parent);
}

/** The code of an error, for example of a refusal or of PostgreSQL, or its class: messages can contain personal data. */
function errorType(error: unknown): string {
  const { code, constructor } = (error ?? {}) as { code?: unknown; constructor?: { name: string } };
  return typeof code === 'string' ? code : (constructor?.name ?? 'Error');
}
