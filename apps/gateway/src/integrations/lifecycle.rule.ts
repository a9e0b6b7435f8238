import { type IntegrationStatus } from '@tidegate/contracts';

/** Why an integration has its status. The code is for programs, the sentence for people. */
export interface StatusReason {
  code: StatusCode;
  detail: string;
}
export type StatusCode =
  | 'waiting_for_first_call'
  | 'connected'
  | 'credential_refused'
  | 'credential_expired'
  | 'credential_expiring'
  | 'calls_failing'
  | 'requests_undecidable'
  | 'calls_refused'
  | 'silent'
  | 'disabled_by_administrator';

export interface StatusAndReason {
  status: IntegrationStatus;
  reason: StatusReason;
}

/** How long what happened counts as recent. */
export const RECENT_MINUTES = 15;

/** What calls came to within `RECENT_MINUTES`. */
export interface CallTally {
  calls: number;
  /** Could not be answered: 429 or 5xx. */
  failures: number;
  /** Were refused for what they said. */
  refusals: number;
  /** Came with a token of the integration that is revoked or expired; not among `calls`. */
  refusedCredentials: number;
}

/** What the status follows from. All times are of one clock. */
export interface Observed {
  disabled: boolean;
  connectedAt: Date | null;
  lastSeenAt: Date | null;
  /** 0 is never. */
  disconnectedAfterSeconds: number;
  tally: CallTally;
  /** Of the token that was used last; null when it does not expire. */
  credentialExpiresAt: Date | null;
  /** Pending requests that no approver can decide. */
  undecidableRequests: number;
  now: Date;
}

/** Fewer calls than this say nothing about their share. */
const FEW = 5;
const SHARE = 0.2;
const DAY_MS = 86_400_000;
const WARNED_BEFORE = [
  { days: 1, text: 'a day' },
  { days: 7, text: '7 days' },
  { days: 30, text: '30 days' },
];

/**
 * What an integration's status is, and why: the gravest that holds. Sentences change only when what they say matters
 * differently, so that a status is not told again for every call.
 */
export function statusOf(observed: Observed): StatusAndReason {
  const { disabled, connectedAt, disconnectedAfterSeconds, lastSeenAt, now } = observed;
  if (disabled)
    return as('disabled', 'disabled_by_administrator', 'An administrator disabled it; SCIM calls are refused.');
  if (!connectedAt)
    return as('initializing', 'waiting_for_first_call', 'No call with a credential of this integration came yet.');
  const silentMs = now.getTime() - (lastSeenAt ?? connectedAt).getTime();
  if (disconnectedAfterSeconds > 0 && silentMs > disconnectedAfterSeconds * 1000)
    return as('disconnected', 'silent', `No call came for more than ${disconnectedAfterSeconds} seconds.`);
  const warning = warningOf(observed);
  return warning
    ? { status: 'warning', reason: warning }
    : as('active', 'connected', 'Calls with a credential of this integration come in.');
}

function as(status: IntegrationStatus, code: StatusCode, detail: string): StatusAndReason {
  return { status, reason: { code, detail } };
}

function warningOf({ tally, credentialExpiresAt, undecidableRequests, now }: Observed): StatusReason | undefined {
  const recently = `within the last ${RECENT_MINUTES} minutes`;
  if (tally.refusedCredentials > 0)
    return { code: 'credential_refused', detail: `A revoked or expired token of it was used ${recently}.` };
  const left = credentialExpiresAt && credentialExpiresAt.getTime() - now.getTime();
  if (left !== null && left <= 0)
    return { code: 'credential_expired', detail: 'The token that was used last has expired.' };
  const many = (count: number) => count >= FEW && count >= SHARE * tally.calls;
  if (many(tally.failures))
    return { code: 'calls_failing', detail: `A fifth or more of the calls ${recently} got 429 or 5xx.` };
  if (undecidableRequests > 0)
    return {
      code: 'requests_undecidable',
      detail: 'Pending requests have no approver who can decide them. Edit the approvers of their access flows.',
    };
  if (many(tally.refusals))
    return {
      code: 'calls_refused',
      detail: `A fifth or more of the calls ${recently} were refused for what they said.`,
    };
  const soon = WARNED_BEFORE.find(({ days }) => left !== null && left <= days * DAY_MS);
  if (soon) return { code: 'credential_expiring', detail: `The token that was used last expires within ${soon.text}.` };
  return undefined;
}

/** @returns how a call with that HTTP status counts; what is not found is an answer like others */
export function outcomeOf(httpStatus: number): 'answered' | 'failed' | 'refused' {
  if (httpStatus === 429 || (httpStatus >= 500 && httpStatus !== 501)) return 'failed';
  return REFUSED.has(httpStatus) ? 'refused' : 'answered';
}
/** Not 404 and 412, which clients ask for on purpose. */
const REFUSED = new Set([400, 403, 409, 413, 415]);
