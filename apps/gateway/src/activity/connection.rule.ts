import { DAY_MS } from '../config/durations.js';
import { adviceFor } from './advice.rule.js';
import { type ClientWords } from './client-words.js';
import { type Milestone, type Operation } from './operation.rule.js';

export const CHECK_NAMES = [
  'public_url',
  'credential',
  'first_call',
  'connection_test',
  'user_push',
  'group_push',
  'deactivation',
  'refusals',
  'missed_calls',
  'clock',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export const CHECK_STATES = ['ok', 'missing', 'failed'] as const;
/** `missing`: not done or seen yet; `failed`: present but wrong. */
export type CheckState = (typeof CHECK_STATES)[number];

export interface Check {
  name: CheckName;
  state: CheckState;
  /** When the subject of the check was last seen. */
  since: Date | null;
  /** The result and the next step. */
  message: string;
}

/** A token that is not revoked, or OAuth access. */
export interface CredentialEvidence {
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  successorId: string | null;
}

/** A refused or failed call. */
export interface RefusalEvidence {
  at: Date;
  operation: Operation;
  status: number;
  detail: string | null;
}

/** Input of the checks. */
export interface Evidence {
  client: ClientWords;
  publicUrl: string | undefined;
  credentials: readonly CredentialEvidence[];
  seen: Partial<Record<Milestone, Date>>;
  /** Newest first. */
  refusals: readonly RefusalEvidence[];
  /** Users and groups with calls refused while the integration was disabled, and when the oldest was. */
  missed: { objects: number; since: Date } | undefined;
  /** Clock of this gateway minus clock of the database, in milliseconds. */
  clockOffMs: number;
}

type CheckResult = Omit<Check, 'name'>;

const SOON_MS = 30 * DAY_MS;
/** Older refusals are ignored. */
const RECENT_MS = DAY_MS;
/** A larger offset breaks the deadlines shared by gateways and identity. */
const MAX_OFFSET_MS = 2_000;

const CHECKS: Readonly<Record<CheckName, (evidence: Evidence, now: Date) => CheckResult>> = {
  public_url: ({ publicUrl, client }) => {
    if (publicUrl === undefined)
      return missing(`PUBLIC_URL is not set. Set it to the https URL at which ${client.name} reaches Tidegate.`);
    if (!publicUrl.toLowerCase().startsWith('https://'))
      return failed(
        `PUBLIC_URL is not https, which ${client.name} requires. Put a TLS proxy in front of Tidegate and enter its URL.`,
      );
    return ok(null, 'PUBLIC_URL is an https URL.');
  },
  credential,
  first_call: ({ seen, client: { name } }) =>
    seen.call
      ? ok(seen.call, 'Calls with a valid credential are being received.')
      : missing(
          `No call with a valid credential yet. Enter the base URL and the token in ${name}, and test them there.`,
        ),
  connection_test: connectionTest,
  user_push: ({ seen, client }) =>
    seen.user_pushed
      ? ok(seen.user_pushed, 'Users are being pushed.')
      : missing(`No user pushed yet. ${client.pushUsers}`),
  group_push: ({ seen, client }) =>
    seen.group_pushed
      ? ok(seen.group_pushed, 'Groups are being pushed.')
      : missing(`No group pushed yet. ${client.pushGroups}`),
  deactivation: ({ seen, client }) =>
    seen.user_deactivated
      ? ok(seen.user_deactivated, 'Deactivations are being received.')
      : missing(`No deactivation yet. ${client.deactivate}`),
  refusals,
  missed_calls: missedCalls,
  clock: ({ clockOffMs }) => {
    if (Math.abs(clockOffMs) <= MAX_OFFSET_MS) return ok(null, 'The clock matches that of the database.');
    const offset = `${(Math.abs(clockOffMs) / 1000).toFixed(1)} s ${clockOffMs < 0 ? 'behind' : 'ahead of'}`;
    return failed(
      `The clock of this gateway is ${offset} the clock of the database. Synchronize all machines with NTP.`,
    );
  },
};

/** The checks without which provisioning cannot work. */
const REQUIRED: ReadonlySet<CheckName> = new Set<CheckName>([
  'public_url',
  'credential',
  'first_call',
  'connection_test',
  'clock',
]);

/** @returns the checks in the order of the setup */
export function connectionChecks(evidence: Evidence, now: Date): Check[] {
  const names = CHECK_NAMES.filter((name) => name !== 'connection_test' || evidence.client.test !== undefined);
  return names.map((name) => ({ name, ...CHECKS[name](evidence, now) }));
}

/** @returns whether all required checks are ok */
export function isReady(checks: readonly Check[]): boolean {
  return checks.every(({ name, state }) => state === 'ok' || !REQUIRED.has(name));
}

function connectionTest({ seen, client: { name, test } }: Evidence): CheckResult {
  const { users_tested: users, groups_tested: groups } = seen;
  if (users && groups) return ok(later(users, groups), `The connection test of ${name} read users and groups.`);
  if (!users && !groups) return missing(`No connection test yet. ${test}`);
  const [read, absent] = users ? ['users', 'groups'] : ['groups', 'users'];
  const message = `The connection test of ${name} read ${read} but not ${absent}. ${test}`;
  return { ...missing(message), since: users ?? groups ?? null };
}

function credential({ credentials, client: { name } }: Evidence, now: Date): CheckResult {
  if (credentials.length === 0)
    return missing(`There is no valid token or OAuth client. Create one, enter it in ${name}, and test it there.`);
  const valid = credentials.filter(({ expiresAt }) => !expiresAt || expiresAt > now);
  const used = valid.reduce<Date | null>((last, { lastUsedAt }) => later(last, lastUsedAt), null);
  if (valid.length === 0)
    return failed(
      `The last token expired on ${day(lastExpiry(credentials))}. Create a new one and enter it in ${name}.`,
    );
  const replaced = valid.find(({ successorId }) => successorId !== null);
  const successor = valid.find((one) => one !== replaced && one.successorId === null);
  if (replaced?.expiresAt && successor && !successor.lastUsedAt)
    return ok(
      used,
      `The old token expires on ${day(replaced.expiresAt)} and the new one has not been used yet. Enter it in ${name}.`,
    );
  const expiry = valid.some(({ expiresAt }) => expiresAt === null) ? null : lastExpiry(valid);
  if (expiry && expiry.getTime() - now.getTime() < SOON_MS)
    return ok(used, `The token expires on ${day(expiry)}. Rotate it, and enter the new one in ${name} before then.`);
  return ok(used, expiry ? `A token is valid until ${day(expiry)}.` : 'A token without expiry is valid.');
}

/** A 404 of a read is not an error: Okta checks this way whether a user exists. */
const isExpected = ({ operation, status }: RefusalEvidence): boolean => operation === 'get' && status === 404;

function refusals({ refusals: all, client }: Evidence, now: Date): CheckResult {
  const last = all.find((one) => !isExpected(one));
  if (!last || now.getTime() - last.at.getTime() > RECENT_MS)
    return ok(last?.at ?? null, 'No calls were refused or failed in the last 24 hours.');
  const response = `${last.status}${last.detail ? `: ${last.detail}` : '.'}`;
  const message = `The last refused or failed call (${last.operation}) got ${response} ${adviceFor(last.status, client)}`;
  return { ...failed(message), since: last.at };
}

function missedCalls({ missed, client }: Evidence): CheckResult {
  if (!missed) return ok(null, 'No call is missed.');
  const objects = missed.objects === 1 ? '1 user or group' : `${missed.objects} users and groups`;
  const message =
    `While the integration was disabled, calls for ${objects} were refused, and have not succeeded since. ` +
    `To repeat them, ${client.retry} Or dismiss them.`;
  return { ...failed(message), since: missed.since };
}

const ok = (since: Date | null, message: string): CheckResult => ({ state: 'ok', since, message });
const missing = (message: string): CheckResult => ({ state: 'missing', since: null, message });
const failed = (message: string): CheckResult => ({ state: 'failed', since: null, message });

function later(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b;
  return a > b ? a : b;
}

const lastExpiry = (credentials: readonly CredentialEvidence[]): Date =>
  credentials.reduce((last, { expiresAt }) => (expiresAt && expiresAt > last ? expiresAt : last), new Date(0));
const day = (date: Date): string => date.toISOString().slice(0, 10);
