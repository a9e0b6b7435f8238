import { Refusal } from '@tidegate/contracts';
import { type Access, accessOf, admit, type Need, STEP_UP_SECONDS, StepUpNeeded, touchable } from './access.rule.js';
import { type Caller, type KeyHolder, type Person, type ScimClient } from './caller.js';
import { type Reach } from './roles.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const [ACME, OTHER] = ['acme', 'other'];

const key = (scopes: KeyHolder['scopes'], integrations: Reach): KeyHolder => ({
  kind: 'key',
  keyId: 'k',
  name: 'key',
  maker: null,
  person: null,
  scopes,
  integrations,
  expiresAt: null,
});
const person = (change: Partial<Person> = {}): Person => ({
  kind: 'person',
  sessionId: 's',
  issuer: 'https://acme.okta.com',
  subject: 'dan',
  roles: { member: [], auditor: [], admin: [] },
  users: {},
  authenticatedAt: NOW,
  csrfToken: 'c',
  ...change,
});
const auditor = (auditor: Reach) => person({ roles: { member: auditor, auditor, admin: [] } });
const admin = (admin: Reach) => person({ roles: { member: admin, auditor: admin, admin } });
const member = person({ roles: { member: [ACME], auditor: [], admin: [] }, users: { [ACME]: 'alice' } });

const READ: Need = { scope: 'access:read' };
const WRITE: Need = { scope: 'access:write' };
const OWN: Need = { scope: 'access:read', orOwn: true };
const everywhere = (need: Need): Need => ({ ...need, everywhere: true });

describe('what a caller may touch through a route', () => {
  it.each<[string, KeyHolder | Person, Need, Access | string]>([
    ['a key with all scopes', key('all', 'all'), WRITE, { reach: 'all', own: {} }],
    ['a key with the scope', key(['access:read'], [ACME]), READ, { reach: [ACME], own: {} }],
    ['a key with another scope', key(['access:write'], 'all'), READ, 'an API key with the scope access:read'],
    [
      'a key with all scopes, in the name of a user',
      key('all', 'all'),
      { scope: 'access:review-as' },
      'an API key with the scope access:review-as',
    ],
    ['a key with no scope', key([], 'all'), READ, 'an API key with the scope access:read'],
    ['a key of no integration', key('all', []), READ, 'an API key with the scope access:read'],
    ['a key is no user, so it has nothing of its own', key(['access:write'], [ACME]), OWN, 'an API key with the scope'],
    [
      'a key of one integration where all are asked for',
      key('all', [ACME]),
      everywhere(READ),
      'an API key with the scope access:read for all integrations',
    ],
    [
      'a key of all integrations where all are asked for',
      key('all', 'all'),
      everywhere(READ),
      { reach: 'all', own: {} },
    ],
    ['an auditor reads', auditor([ACME]), READ, { reach: [ACME], own: {} }],
    ['an auditor does not write', auditor('all'), WRITE, 'the role admin'],
    ['an administrator writes', admin([ACME]), WRITE, { reach: [ACME], own: {} }],
    ['an administrator of one where all are asked for', admin([ACME]), everywhere(WRITE), 'the role admin for all'],
    ['an administrator of all', admin('all'), everywhere(WRITE), { reach: 'all', own: {} }],
    ['a member on a route that has nothing for members', member, READ, 'the role auditor'],
    ['a member on one that has', member, OWN, { reach: [], own: { [ACME]: 'alice' } }],
    ['a person who is no user anywhere', person(), OWN, 'the role member'],
    [
      'an auditor there and a user elsewhere',
      { ...auditor([ACME]), users: { [ACME]: 'alice', [OTHER]: 'a2' } },
      OWN,
      { reach: [ACME], own: { [OTHER]: 'a2' } },
    ],
    [
      'an auditor of all is also a user',
      { ...auditor('all'), users: { [ACME]: 'alice' } },
      OWN,
      { reach: 'all', own: {} },
    ],
  ])('%s', (_, caller, need, expected) => {
    const access = () => accessOf(caller, need, NOW);
    if (typeof expected !== 'string') expect(access()).toEqual(expected);
    else
      expect(access).toThrow(
        expect.objectContaining({ code: 'notAllowed', message: expect.stringContaining(expected) }),
      );
  });
});

describe('a route that asks for a recent login', () => {
  const need: Need = { ...WRITE, stepUp: true };
  const since = (seconds: number): Person => ({ ...admin('all'), authenticatedAt: NOW - seconds * 1000 });

  it('takes one of the last minutes', () => {
    expect(accessOf(since(STEP_UP_SECONDS), need, NOW).reach).toBe('all');
  });
  it('refuses an older one', () => {
    expect(() => accessOf(since(STEP_UP_SECONDS + 1), need, NOW)).toThrow(StepUpNeeded);
  });
  it('refuses who may not do it at all for that, whenever the login was', () => {
    const old = { ...auditor('all'), authenticatedAt: 0 };
    expect(() => accessOf(old, need, NOW)).toThrow(expect.objectContaining({ code: 'notAllowed' }));
  });
  it('asks no key for it, and nothing of routes that do not', () => {
    expect(accessOf(key('all', 'all'), need, NOW).reach).toBe('all');
    expect(accessOf(since(1e6), WRITE, NOW).reach).toBe('all');
  });
});

describe('the integration in the path', () => {
  const scim: ScimClient = {
    kind: 'scim',
    integrationId: ACME,
    profile: {} as ScimClient['profile'],
    groupsToSync: [],
    credential: { kind: 'token', id: 't' },
  };
  it.each<[string, Caller | undefined, Need, string | undefined, string | undefined]>([
    ['strangers are refused', undefined, READ, undefined, 'unauthorized'],
    ['a SCIM client is none of the API', scim, READ, ACME, 'unauthorized'],
    ['within reach', key('all', [ACME]), READ, ACME, undefined],
    ['out of reach it is not there', key('all', [ACME]), READ, OTHER, 'missing'],
    ['none in the path', key('all', [ACME]), READ, undefined, undefined],
    ['where one is a member', member, OWN, ACME, undefined],
    ['where one is not', member, OWN, OTHER, 'missing'],
    ['the missing right is told before the missing integration', key([], [ACME]), READ, OTHER, 'notAllowed'],
  ])('%s', (_, caller, need, integrationId, code) => {
    const admitted = () => admit(caller, need, integrationId, NOW);
    if (code === undefined) expect(touchable(admitted())).toContain(integrationId ?? ACME);
    else expect(admitted).toThrow(expect.objectContaining({ code }));
  });

  it('that a caller may touch are those within its reach and those where it is a user', () => {
    expect(touchable({ reach: [ACME], own: { [OTHER]: 'a', [ACME]: 'b' } })).toEqual([ACME, OTHER]);
    expect(touchable({ reach: 'all', own: { [OTHER]: 'a' } })).toBe('all');
  });
});

it('a login that is too old is a refusal that says how recent it must be', () => {
  const refusal = new StepUpNeeded();
  expect(refusal).toBeInstanceOf(Refusal);
  expect([refusal.code, refusal.message]).toEqual(['unauthorized', expect.stringContaining('the last 10 minutes')]);
});
