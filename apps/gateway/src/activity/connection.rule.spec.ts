import { clientWords } from './client-words.js';
import { type CheckName, connectionChecks, type Evidence, isReady } from './connection.rule.js';

const NOW = new Date('2026-01-10T00:00:00Z');
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const ahead = (days: number) => ago(-days);
const token = { createdAt: ago(9), expiresAt: ahead(300), lastUsedAt: ago(1), successorId: null };

/** Everything is as it should be. */
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
  clockOffMs: 12,
};
const check = (name: CheckName, evidence: Partial<Evidence>) =>
  connectionChecks({ ...GOOD, ...evidence }, NOW).find((one) => one.name === name)!;

it('finds nothing to do where all is well', () => {
  const checks = connectionChecks(GOOD, NOW);
  expect(checks.map(({ state }) => state)).toEqual(Array(9).fill('ok'));
  expect(isReady(checks)).toBe(true);
});

it('finds everything missing of what has just been made, and says for each what to do', () => {
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
  ['credential', { credentials: [token] }, 'ok', /in force until 2026-11-06\./],
  ['credential', { credentials: [{ ...token, expiresAt: null }] }, 'ok', /no end/],
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
    /no end/,
  ],
  ['credential', { credentials: [{ ...token, expiresAt: ago(2) }] }, 'failed', /ended on 2026-01-08.*new one/],
  ['credential', { credentials: [replaced, fresh] }, 'ok', /old token ends on 2026-01-11.*not used yet/],
  ['credential', { credentials: [replaced, { ...fresh, lastUsedAt: ago(0) }] }, 'ok', /in force/],
  ['connection_test', { seen: { users_tested: ago(1) } }, 'missing', /read users and not groups/],
  ['connection_test', { seen: { groups_tested: ago(1) } }, 'missing', /read groups and not users/],
  [
    'refusals',
    { refusals: [refusal] },
    'failed',
    /create was answered 409: Another user has this userName\. Something else/,
  ],
  ['refusals', { refusals: [{ ...refusal, status: 429, detail: null }] }, 'failed', /answered 429\. Okta repeats/],
  ['refusals', { refusals: [{ ...refusal, status: 500, detail: null }] }, 'failed', /fault of Tidegate/],
  ['refusals', { refusals: [{ ...refusal, operation: 'get', status: 404 }] }, 'ok', /within a day/],
  ['refusals', { refusals: [{ ...refusal, at: ago(1.1) }] }, 'ok', /within a day/],
  ['clock', { clockOffMs: -2_001 }, 'failed', /-2\.0 s off/],
  ['clock', { clockOffMs: 2_000 }, 'ok', /agrees/],
])('%s of %j is %s', (name, evidence, state, message) => {
  expect(check(name, evidence)).toMatchObject({ state, message: expect.stringMatching(message) });
});

it('tells when each was last seen', () => {
  const since = (name: CheckName) => check(name, {}).since;
  expect([since('first_call'), since('connection_test'), since('credential')]).toEqual([ago(1), ago(2), ago(1)]);
  expect(check('refusals', { refusals: [refusal] }).since).toEqual(refusal.at);
});

it('does not need pushes and refusals to be ready, but everything before', () => {
  expect(
    isReady(connectionChecks({ ...GOOD, refusals: [refusal], seen: { ...GOOD.seen, user_pushed: undefined } }, NOW)),
  ).toBe(true);
  expect(isReady(connectionChecks({ ...GOOD, seen: {} }, NOW))).toBe(false);
  expect(isReady(connectionChecks({ ...GOOD, clockOffMs: 60_000 }, NOW))).toBe(false);
});

it.each([
  ['entra-scim', 'Entra ID'],
  ['generic-scim', 'the client'],
])('asks nothing of %s that only Okta has', (type, name) => {
  const client = clientWords(type);
  const fresh = connectionChecks({ ...GOOD, client, publicUrl: undefined, credentials: [], seen: {} }, NOW);
  const worn = connectionChecks(
    { ...GOOD, client, refusals: [refusal], credentials: [{ ...token, expiresAt: ago(2) }] },
    NOW,
  );
  const told = [...fresh, ...worn].map(({ message }) => message).join(' ');
  expect(told).toContain(name);
  expect(told).not.toMatch(/Okta|undefined/);
  expect(isReady(connectionChecks({ ...GOOD, client, seen: { call: ago(1) } }, NOW))).toBe(true);
});
