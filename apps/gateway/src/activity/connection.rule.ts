import { adviceFor } from './advice.rule.js';
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
  'clock',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export const CHECK_STATES = ['ok', 'missing', 'failed'] as const;
/** `missing`: it has not been done or seen yet; `failed`: it is there and is not right. */
export type CheckState = (typeof CHECK_STATES)[number];

export interface Check {
  name: CheckName;
  state: CheckState;
  /** When what it is about was last seen. */
  since: Date | null;
  /** What there is, and what to do next. */
  message: string;
}

/** A token of the integration that was not revoked, or what was granted by OAuth. */
export interface KnownCredential {
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  successorId: string | null;
}

/** A call that was not done. */
export interface KnownRefusal {
  at: Date;
  operation: Operation;
  status: number;
  detail: string | null;
}

/** What is known of a connection. */
export interface Evidence {
  publicUrl: string | undefined;
  credentials: readonly KnownCredential[];
  seen: Partial<Record<Milestone, Date>>;
  /** Newest first. */
  refusals: readonly KnownRefusal[];
  /** How far this gateway's clock is from the database's. */
  clockOffMs: number;
}

type Verdict = Omit<Check, 'name'>;

const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;
/** What lies longer back has been dealt with, or will happen again. */
const RECENT_MS = DAY_MS;
/** A clock that is further off makes deadlines wrong that gateways and identity share. */
const MOST_OFF_MS = 2_000;

const CHECKS: Readonly<Record<CheckName, (evidence: Evidence, now: Date) => Verdict>> = {
  public_url: ({ publicUrl }) => {
    if (publicUrl === undefined)
      return missing('PUBLIC_URL is not set. Set it to the https address by which Okta reaches Tidegate.');
    if (!publicUrl.toLowerCase().startsWith('https://'))
      return failed('PUBLIC_URL is not https, and Okta calls nothing else. Put TLS before Tidegate and change it.');
    return ok(null, 'Okta reaches Tidegate over https.');
  },
  credential,
  first_call: ({ seen }) =>
    seen.call
      ? ok(seen.call, 'Okta calls with a good credential.')
      : missing(
          'No call with a good credential has come. Enter the base URL and the token in Okta, and test them there.',
        ),
  connection_test: ({ seen }) => {
    const { users_tested: users, groups_tested: groups } = seen;
    if (users && groups) return ok(later(users, groups), 'The connection test of Okta has read users and groups.');
    if (!users && !groups) return missing('Okta has not tested the connection. Press "Test API Credentials" in Okta.');
    const [read, absent] = users ? ['users', 'groups'] : ['groups', 'users'];
    return {
      ...missing(`The connection test of Okta has read ${read} and not ${absent}. Press "Test API Credentials" again.`),
      since: users ?? groups ?? null,
    };
  },
  user_push: ({ seen }) =>
    seen.user_pushed
      ? ok(seen.user_pushed, 'Okta pushes users.')
      : missing(
          'No user has been pushed. Enable "Create Users" under "To App" in Okta and assign somebody to the app.',
        ),
  group_push: ({ seen }) =>
    seen.group_pushed
      ? ok(seen.group_pushed, 'Okta pushes groups.')
      : missing('No group has been pushed. Choose the groups in Okta under "Push Groups".'),
  deactivation: ({ seen }) =>
    seen.user_deactivated
      ? ok(seen.user_deactivated, 'Okta tells of people who leave.')
      : missing('No deactivation has come. Enable "Deactivate Users" in Okta and unassign a person who only tests.'),
  refusals,
  clock: ({ clockOffMs }) => {
    if (Math.abs(clockOffMs) <= MOST_OFF_MS) return ok(null, 'The clock agrees with that of the database.');
    const seconds = (clockOffMs / 1000).toFixed(1);
    return failed(`The clock of this gateway is ${seconds} s off that of the database. Keep all machines on NTP.`);
  },
};

/** What stops Okta from provisioning at all; the rest may yet come. */
const NEEDED: ReadonlySet<CheckName> = new Set<CheckName>([
  'public_url',
  'credential',
  'first_call',
  'connection_test',
  'clock',
]);

/** @returns what Okta last did, what is missing, and what to do about it, in the order of setting it up */
export function connectionChecks(evidence: Evidence, now: Date): Check[] {
  return CHECK_NAMES.map((name) => ({ name, ...CHECKS[name](evidence, now) }));
}

/** Whether nothing is missing or wrong that Okta needs. */
export function isReady(checks: readonly Check[]): boolean {
  return checks.every(({ name, state }) => state === 'ok' || !NEEDED.has(name));
}

function credential({ credentials }: Evidence, now: Date): Verdict {
  if (credentials.length === 0)
    return missing(
      'There is no token. Make one, and enter it in Okta, or make an OAuth client and authenticate there.',
    );
  const good = credentials.filter(({ expiresAt }) => !expiresAt || expiresAt > now);
  const used = good.reduce<Date | null>((last, { lastUsedAt }) => later(last, lastUsedAt), null);
  if (good.length === 0)
    return failed(`The last token ended on ${day(lastEnd(credentials))}. Make a new one, and enter it in Okta.`);
  const replaced = good.find(({ successorId }) => successorId !== null);
  const successor = good.find((one) => one !== replaced && one.successorId === null);
  if (replaced?.expiresAt && successor && !successor.lastUsedAt)
    return ok(
      used,
      `The old token ends on ${day(replaced.expiresAt)} and the new one is not used yet. Enter it in Okta.`,
    );
  const end = good.some(({ expiresAt }) => expiresAt === null) ? null : lastEnd(good);
  if (end && end.getTime() - now.getTime() < SOON_MS)
    return ok(used, `The token ends on ${day(end)}. Rotate it, and enter the new one in Okta before.`);
  return ok(used, end ? `A token is in force until ${day(end)}.` : 'A token is in force that has no end.');
}

/** To look whether something is there is no mistake when it is not: Okta asks so whether a user still exists. */
const isAnswer = ({ operation, status }: KnownRefusal): boolean => operation === 'get' && status === 404;

function refusals({ refusals: all }: Evidence, now: Date): Verdict {
  const last = all.find((one) => !isAnswer(one));
  if (!last || now.getTime() - last.at.getTime() > RECENT_MS)
    return ok(last?.at ?? null, 'Nothing was refused within a day.');
  const what = `${last.operation} was answered ${last.status}${last.detail ? `: ${last.detail}` : '.'}`;
  return { ...failed(`The last ${what} ${adviceFor(last.status)}`), since: last.at };
}

const ok = (since: Date | null, message: string): Verdict => ({ state: 'ok', since, message });
const missing = (message: string): Verdict => ({ state: 'missing', since: null, message });
const failed = (message: string): Verdict => ({ state: 'failed', since: null, message });

function later(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b;
  return a > b ? a : b;
}

const lastEnd = (credentials: readonly KnownCredential[]): Date =>
  credentials.reduce((last, { expiresAt }) => (expiresAt && expiresAt > last ? expiresAt : last), new Date(0));
const day = (date: Date): string => date.toISOString().slice(0, 10);
