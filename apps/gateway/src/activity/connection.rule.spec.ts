import { clientWords } from './client-words.js';
import { type CheckName, connectionChecks, type Evidence, isReady } from './connection.rule.js';

const NOW = new Date('2026-01-10T00:00:00Z');
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const ahead = (days: number) => ago(-days);
const token = { createdAt: ago(9), expiresAt: ahead(300), lastUsedAt: ago(1), successorId: null };

/** All checks pass. */
const GOOD: Evidence = {
  client: clientWords('okta-scim'),
  publicUrl: 'https://tidegate.example',
  credentials: [token],
  seen: {
    call: ago(1),
    users_tested: ago(3),
    groups_tested: ago(2),
    user_pushed: ago(1),
    group_pushed: ago(1),
    user_deactivated: ago(1),
  },
  refusals: [],
  missed: undefined,
  clockOffMs: 12,
};
const check = (name: CheckName, evidence: Partial<Evidence>) =>
  connectionChecks({ ...GOOD, ...evidence }, NOW).find((one) => one.name === name)!;

it('all checks are ok with complete evidence', () => {
  const checks = connectionChecks(GOOD, NOW);
  expect(checks.map(({ state }) => state)).toEqual(Array(10).fill('ok'));
  expect(isReady(checks)).toBe(true);
});

it('most checks are missing for a new integration, each with an instruction', () => {
  const checks = connectionChecks({ ...GOOD, publicUrl: undefined, credentials: [], seen: {}, clockOffMs: 0 }, NOW);
  expect(Object.fromEntries(checks.map(({ name, state }) => [name, state]))).toEqual({
    public_url: 'missing',
    credential: 'missing',
    first_call: 'missing',
    connection_test: 'missing',
    user_push: 'missing',
    group_push: 'missing',
    deactivation: 'missing',
    refusals: 'ok',
    missed_calls: 'ok',
    clock: 'ok',
  });
  expect(checks.every(({ message, since }) => /^[A-Z].*\.$/.test(message) && since === null)).toBe(true);
  expect(isReady(checks)).toBe(false);
});

const replaced = { ...token, expiresAt: ahead(1), successorId: 'b' };
const fresh = { ...token, createdAt: ago(0), lastUsedAt: null };
const refusal = { at: ago(0.1), operation: 'create', status: 409, detail: 'Another user has this userName.' } as const;

it.each<[CheckName, Partial<Evidence>, string, RegExp]>([
  ['public_url', { publicUrl: 'http://tidegate.example' }, 'failed', /not https/],
  ['public_url', { publicUrl: 'HTTPS://tidegate.example' }, 'ok', /https/],
  ['credential', { credentials: [token] }, 'ok', /valid until 2026-11-06\./],
  ['credential', { credentials: [{ ...token, expiresAt: null }] }, 'ok', /without expiry/],
  ['credential', { credentials: [{ ...token, expiresAt: ahead(29) }] }, 'ok', /2026-02-08.*Rotate it/],
  [
    'credential',
    {
      credentials: [
        { ...token, expiresAt: ahead(29) },
        { ...fresh, expiresAt: null },
      ],
    },
    'ok',
    /without expiry/,
  ],
  ['credential', { credentials: [{ ...token, expiresAt: ago(2) }] }, 'failed', /expired on 2026-01-08.*new one/],
  ['credential', { credentials: [replaced, fresh] }, 'ok', /old token expires on 2026-01-11.*not been used yet/],
  ['credential', { credentials: [replaced, { ...fresh, lastUsedAt: ago(0) }] }, 'ok', /is valid/],
  ['connection_test', { seen: { users_tested: ago(1) } }, 'missing', /read users but not groups/],
  ['connection_test', { seen: { groups_tested: ago(1) } }, 'missing', /read groups but not users/],
  [
    'refusals',
    { refusals: [refusal] },
    'failed',
    /\(create\) got 409: Another user has this userName\. Another user or group/,
  ],
  ['refusals', { refusals: [{ ...refusal, status: 429, detail: null }] }, 'failed', /got 429\. Okta retries/],
  ['refusals', { refusals: [{ ...refusal, status: 500, detail: null }] }, 'failed', /error in Tidegate/],
  ['refusals', { refusals: [{ ...refusal, operation: 'get', status: 404 }] }, 'ok', /last 24 hours/],
  ['refusals', { refusals: [{ ...refusal, at: ago(1.1) }] }, 'ok', /last 24 hours/],
  [
    'missed_calls',
    { missed: { objects: 3, since: ago(2) } },
    'failed',
    /calls for 3 users and groups.*in Okta\. Or dismiss/,
  ],
  ['missed_calls', { missed: { objects: 1, since: ago(2) } }, 'failed', /calls for 1 user or group were/],
  ['clock', { clockOffMs: -2_001 }, 'failed', /2\.0 s behind the clock of the database/],
  ['clock', { clockOffMs: 2_000 }, 'ok', /matches/],
])('%s of %j is %s', (name, evidence, state, message) => {
  expect(check(name, evidence)).toMatchObject({ state, message: expect.stringMatching(message) });
});

it('checks report when they were last seen', () => {
  const since = (name: CheckName) => check(name, {}).since;
  expect([since('first_call'), since('connection_test'), since('credential')]).toEqual([ago(1), ago(2), ago(1)]);
  expect(check('refusals', { refusals: [refusal] }).since).toEqual(refusal.at);
  expect(check('missed_calls', { missed: { objects: 1, since: ago(2) } }).since).toEqual(ago(2));
});

it('readiness does not depend on pushes and refusals', () => {
  expect(
    isReady(connectionChecks({ ...GOOD, refusals: [refusal], seen: { ...GOOD.seen, user_pushed: undefined } }, NOW)),
  ).toBe(true);
  expect(isReady(connectionChecks({ ...GOOD, seen: {} }, NOW))).toBe(false);
  expect(isReady(connectionChecks({ ...GOOD, clockOffMs: 60_000 }, NOW))).toBe(false);
});

it.each([
  ['entra-scim', 'Entra ID'],
  ['generic-scim', 'the client'],
])('the messages for %s contain nothing specific to Okta', (type, name) => {
  const client = clientWords(type);
  const fresh = connectionChecks({ ...GOOD, client, publicUrl: undefined, credentials: [], seen: {} }, NOW);
  const used = connectionChecks(
    {
      ...GOOD,
      client,
      refusals: [refusal],
      missed: { objects: 1, since: ago(2) },
      credentials: [{ ...token, expiresAt: ago(2) }],
    },
    NOW,
  );
  const messages = [...fresh, ...used].map(({ message }) => message).join(' ');
  expect(messages).toContain(name);
  expect(messages).not.toMatch(/Okta|undefined/);
  expect(isReady(connectionChecks({ ...GOOD, client, seen: { call: ago(1) } }, NOW))).toBe(true);
});
