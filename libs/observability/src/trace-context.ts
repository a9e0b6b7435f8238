import { randomBytes } from 'node:crypto';

/**
 * The trace of a request or message, in the format of W3C Trace Context (https://www.w3.org/TR/trace-context/). Without
 * spans both values are passed on unchanged, as §3.4 allows for services that collect nothing. Each span replaces the parent
 * id and the `sampled` flag (§3.4, "Mutating the traceparent Field").
 */
export interface TraceContext {
  /** Version, trace id, parent id and flags: `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`. */
  traceparent: string;
  /** Members of tracing systems, at most 512 characters. Absent when there are none. */
  tracestate?: string | undefined;
}

const TRACEPARENT = /^([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** §3.3.1.3: a key, or a tenant and a system, then a value of printable characters without `,` and `=`. */
const STATE_MEMBER =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const MAX_STATE_MEMBERS = 32;
const MAX_STATE_LENGTH = 512;
/** §3.3.1.5: longer members are removed first when the list is too long. */
const LONG_MEMBER = 128;
/** Longer values are not parsed. */
const MAX_PARSED = 16_384;

/** @returns a new trace, with the flag that no spans are recorded */
export function newTrace(): TraceContext {
  const bytes = randomBytes(24);
  // The last bit of both ids is set: all zeros would be invalid.
  bytes[15]! |= 1;
  bytes[23]! |= 1;
  return { traceparent: `00-${bytes.toString('hex', 0, 16)}-${bytes.toString('hex', 16)}-00` };
}

/** @returns the trace of the two values, as `readTrace`; a new one if `traceparent` is invalid */
export function acceptTrace(traceparent: unknown, tracestate?: unknown): TraceContext {
  return readTrace(traceparent, tracestate) ?? newTrace();
}

/**
 * @param traceparent the header or message field of that name, of any type
 * @param tracestate the same; dropped if malformed, shortened by whole members to 512 characters
 * @returns the trace of the two values; undefined if `traceparent` is invalid
 */
export function readTrace(traceparent: unknown, tracestate?: unknown): TraceContext | undefined {
  const match = typeof traceparent === 'string' && traceparent.length <= MAX_PARSED && TRACEPARENT.exec(traceparent);
  if (!match) return undefined;
  const [value, version, traceId, parentId, flags, rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  const state = stateOf(tracestate);
  if (version === '00') return { traceparent: value, tracestate: state };
  // §3.2.4: of a later version, only the ids and the `sampled` flag are known.
  return { traceparent: `00-${traceId}-${parentId}-0${Number.parseInt(flags!, 16) & 1}`, tracestate: state };
}

/** @returns the trace id of a valid trace */
export function traceIdOf({ traceparent }: TraceContext): string {
  return traceparent.slice(3, 35);
}

/** @returns whether the caller of a valid trace may have recorded it (§3.2.2.5, the `sampled` flag) */
export function isSampled({ traceparent }: TraceContext): boolean {
  return (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1;
}

function stateOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_PARSED) return undefined;
  const members = value
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  const isValid =
    members.length <= MAX_STATE_MEMBERS && keys.size === members.length && members.every((m) => STATE_MEMBER.test(m));
  if (!isValid) return undefined;
  return bounded(members).join(',') || undefined;
}

/** §3.3.1.5: long members are removed first, then members from the end. */
function bounded(members: string[]): string[] {
  const isTooLong = (kept: string[]) => kept.join(',').length > MAX_STATE_LENGTH;
  if (!isTooLong(members)) return members;
  const kept = members.filter((member) => member.length <= LONG_MEMBER);
  while (isTooLong(kept)) kept.pop();
  return kept;
}
