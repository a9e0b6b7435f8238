import { type IntegrationStatus } from '@tidegate/contracts';
import { DAY_MS } from '../config/durations.js';
import { type CallCountEntity } from './call-count.entity.js';

/** Why an integration has its status: a code for programs and a message for people. */
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
  | 'calls_missed'
  | 'requests_undecidable'
  | 'calls_refused'
  | 'silent'
  | 'disabled_by_administrator';

export interface StatusAndReason {
  status: IntegrationStatus;
  reason: StatusReason;
}

/** Period of the call counts that determine the status. */
export const RECENT_MINUTES = 15;

/** Outcomes of calls within `RECENT_MINUTES`. */
export type CallTally = Pick<CallCountEntity, 'calls' | 'failures' | 'refusals' | 'refusedCredentials'>;

/** Input of the status. All times are from the same clock. */
export interface Observed {
  disabled: boolean;
  connectedAt: Date | null;
  lastSeenAt: Date | null;
  /** 0 means never. */
  disconnectedAfterSeconds: number;
  tally: CallTally;
  /** Expiry of the most recently used credential; null if it does not expire. */
  credentialExpiresAt: Date | null;
  /** Users and groups with calls that were refused while the integration was disabled, and not repeated since. */
  missedCalls: number;
  /** Pending requests that no user can decide. */
  undecidableRequests: number;
  now: Date;
}

/** Fewer failures or refusals than this never cause a warning. */
const MIN_COUNT = 5;
const MIN_SHARE = 0.2;
const EXPIRY_WARNINGS = [
  { days: 1, text: 'a day' },
  { days: 7, text: '7 days' },
  { days: 30, text: '30 days' },
];

/**
 * The most severe applicable status wins. Details must not contain counts, because each change of the detail is an event.
 * @returns the status and its reason
 */
export function statusOf(observed: Observed): StatusAndReason {
  const { disabled, connectedAt, disconnectedAfterSeconds, lastSeenAt, now } = observed;
  if (disabled)
    return result(
      'disabled',
      'disabled_by_administrator',
      'An administrator disabled this integration. SCIM calls are refused.',
    );
  if (!connectedAt) return result('initializing', 'waiting_for_first_call', 'No SCIM call has been received yet.');
  const silentMs = now.getTime() - (lastSeenAt ?? connectedAt).getTime();
  if (disconnectedAfterSeconds > 0 && silentMs > disconnectedAfterSeconds * 1000)
    return result('disconnected', 'silent', `No SCIM call for more than ${disconnectedAfterSeconds} seconds.`);
  const warning = warningOf(observed);
  return warning
    ? { status: 'warning', reason: warning }
    : result('active', 'connected', 'SCIM calls are being received.');
}

function result(status: IntegrationStatus, code: StatusCode, detail: string): StatusAndReason {
  return { status, reason: { code, detail } };
}

function warningOf({
  tally,
  credentialExpiresAt,
  missedCalls,
  undecidableRequests,
  now,
}: Observed): StatusReason | undefined {
  const recently = `in the last ${RECENT_MINUTES} minutes`;
  if (tally.refusedCredentials > 0)
    return { code: 'credential_refused', detail: `A revoked or expired token was used ${recently}.` };
  const left = credentialExpiresAt && credentialExpiresAt.getTime() - now.getTime();
  if (left !== null && left <= 0)
    return { code: 'credential_expired', detail: 'The most recently used token has expired.' };
  const isWarning = (count: number) => count >= MIN_COUNT && count >= MIN_SHARE * tally.calls;
  if (isWarning(tally.failures))
    return { code: 'calls_failing', detail: `At least 20% of calls ${recently} got 429 or 5xx.` };
  if (missedCalls > 0)
    return {
      code: 'calls_missed',
      detail:
        'Calls were refused while the integration was disabled, and have not succeeded since. Retry the failed tasks of the ' +
        'identity provider, or dismiss the missed calls.',
    };
  if (undecidableRequests > 0)
    return {
      code: 'requests_undecidable',
      detail:
        'No user can decide some pending requests. Decide them as an administrator, or change the approvers or owners of ' +
        'their access flows.',
    };
  if (isWarning(tally.refusals))
    return {
      code: 'calls_refused',
      detail: `At least 20% of calls ${recently} were invalid and refused.`,
    };
  const soon = EXPIRY_WARNINGS.find(({ days }) => left !== null && left <= days * DAY_MS);
  if (soon) return { code: 'credential_expiring', detail: `The most recently used token expires within ${soon.text}.` };
  return undefined;
}

/** @returns how a call with that HTTP status is counted */
export function outcomeOf(httpStatus: number): 'answered' | 'failed' | 'refused' {
  if (httpStatus === 429 || (httpStatus >= 500 && httpStatus !== 501)) return 'failed';
  return REFUSED.has(httpStatus) ? 'refused' : 'answered';
}
/** Without 404 and 412, which are part of normal operation. */
const REFUSED = new Set([400, 403, 409, 413, 415]);
