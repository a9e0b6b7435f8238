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
  client: ClientWords;
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
  public_url: ({ publicUrl, client }) => {
    if (publicUrl === undefined)
      return missing(`PUBLIC_URL is not set. Set it to the https address by which ${client.name} reaches Tidegate.`);
    if (!publicUrl.toLowerCase().startsWith('https://'))
      return failed(
        `PUBLIC_URL is not https, and nothing else is safe for ${client.name}. Put TLS before Tidegate and change it.`,
      );
    return ok(null, 'Tidegate is reached over https.');
  },
  credential,
  first_call: ({ seen, client: { name } }) =>
    seen.call
      ? ok(seen.call, 'Calls with a good credential come in.')
      : missing(
          `No call with a good credential has come. Enter the base URL and the token in ${name}, and test them there.`,
        ),
  connection_test: connectionTest,
  user_push: ({ seen, client }) =>
    seen.user_pushed
      ? ok(seen.user_pushed, 'Users are pushed.')
      : missing(`No user has been pushed. ${client.pushUsers}`),
  group_push: ({ seen, client }) =>
    seen.group_pushed
      ? ok(seen.group_pushed, 'Groups are pushed.')
      : missing(`No group has been pushed. ${client.pushGroups}`),
  deactivation: ({ seen, client }) =>
    seen.user_deactivated
      ? ok(seen.user_deactivated, 'It is told when people leave.')
      : missing(`No deactivation has come. ${client.deactivate}`),
  refusals,
  clock: ({ clockOffMs }) => {
    if (Math.abs(clockOffMs) <= MOST_OFF_MS) return ok(null, 'The clock agrees with that of the database.');
    const seconds = (clockOffMs / 1000).toFixed(1);
    return failed(`The clock of this gateway is ${seconds} s off that of the database. Keep all machines on NTP.`);
  },
};

/** What stops provisioning altogether; the rest may yet come. */
const NEEDED: ReadonlySet<CheckName> = new Set<CheckName>([
  'public_url',
  'credential',
  'first_call',
  'connection_test',
  'clock',
]);

/** @returns what was last seen, what is missing, and what to do about it, in the order of setting it up */
export function connectionChecks(evidence: Evidence, now: Date): Check[] {
  const names = CHECK_NAMES.filter((name) => name !== 'connection_test' || evidence.client.test !== undefined);
  return names.map((name) => ({ name, ...CHECKS[name](evidence, now) }));
}

/** Whether nothing is missing or wrong that provisioning needs. */
export function isReady(checks: readonly Check[]): boolean {
  return checks.every(({ name, state }) => state === 'ok' || !NEEDED.has(name));
}

function connectionTest({ seen, client: { name, test } }: Evidence): Verdict {
  const { users_tested: users, groups_tested: groups } = seen;
  if (users && groups) return ok(later(users, groups), `The connection test of ${name} has read users and groups.`);
  if (!users && !groups) return missing(`No connection test has come. ${test}`);
  const [read, absent] = users ? ['users', 'groups'] : ['groups', 'users'];
  const message = `The connection test of ${name} has read ${read} and not ${absent}. ${test}`;
  return { ...missing(message), since: users ?? groups ?? null };
}

function credential({ credentials, client: { name } }: Evidence, now: Date): Verdict {
  if (credentials.length === 0)
    return missing(
      `Nothing is in force to call with. Make a token or an OAuth client, enter it in ${name}, and test it there.`,
    );
  const good = credentials.filter(({ expiresAt }) => !expiresAt || expiresAt > now);
  const used = good.reduce<Date | null>((last, { lastUsedAt }) => later(last, lastUsedAt), null);
  if (good.length === 0)
    return failed(`The last token ended on ${day(lastEnd(credentials))}. Make a new one, and enter it in ${name}.`);
  const replaced = good.find(({ successorId }) => successorId !== null);
  const successor = good.find((one) => one !== replaced && one.successorId === null);
  if (replaced?.expiresAt && successor && !successor.lastUsedAt)
    return ok(
      used,
      `The old token ends on ${day(replaced.expiresAt)} and the new one is not used yet. Enter it in ${name}.`,
    );
  const end = good.some(({ expiresAt }) => expiresAt === null) ? null : lastEnd(good);
  if (end && end.getTime() - now.getTime() < SOON_MS)
    return ok(used, `The token ends on ${day(end)}. Rotate it, and enter the new one in ${name} before.`);
  return ok(used, end ? `A token is in force until ${day(end)}.` : 'A token is in force that has no end.');
}

/** To look whether something is there is no mistake when it is not: Okta asks so whether a user still exists. */
const isAnswer = ({ operation, status }: KnownRefusal): boolean => operation === 'get' && status === 404;

function refusals({ refusals: all, client }: Evidence, now: Date): Verdict {
  const last = all.find((one) => !isAnswer(one));
  if (!last || now.getTime() - last.at.getTime() > RECENT_MS)
    return ok(last?.at ?? null, 'Nothing was refused within a day.');
  const what = `${last.operation} was answered ${last.status}${last.detail ? `: ${last.detail}` : '.'}`;
  return { ...failed(`The last ${what} ${adviceFor(last.status, client)}`), since: last.at };
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
