import { Refusal } from '@tidegate/contracts';
import {
  type Access,
  accessOf,
  admit,
  type Need,
  STEP_UP_SECONDS,
  StepUpNeeded,
  accessibleIntegrations,
} from './access.rule.js';
import { type Caller, type ApiKeyCaller, type Person, type ScimClient } from './caller.js';
import { type Reach } from './roles.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const [ACME, OTHER] = ['acme', 'other'];

const key = (scopes: ApiKeyCaller['scopes'], integrations: Reach): ApiKeyCaller => ({
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

describe('the access of a caller to a route', () => {
  it.each<[string, ApiKeyCaller | Person, Need, Access | string]>([
    ['a key with all scopes', key('all', 'all'), WRITE, { reach: 'all', own: {} }],
    ['a key with the scope', key(['access:read'], [ACME]), READ, { reach: [ACME], own: {} }],
    ['a key with another scope', key(['access:write'], 'all'), READ, 'an API key with the scope access:read'],
    [
      'a key with all scopes does not have access:review-as',
      key('all', 'all'),
      { scope: 'access:review-as' },
      'an API key with the scope access:review-as',
    ],
    ['a key with no scope', key([], 'all'), READ, 'an API key with the scope access:read'],
    ['a key without integrations', key('all', []), READ, 'an API key with the scope access:read'],
    [
      'a key is not a user, so it has no own resources',
      key(['access:write'], [ACME]),
      OWN,
      'an API key with the scope',
    ],
    [
      'a key of one integration on a route for all integrations',
      key('all', [ACME]),
      everywhere(READ),
      'an API key with the scope access:read for all integrations',
    ],
    [
      'a key of all integrations on a route for all integrations',
      key('all', 'all'),
      everywhere(READ),
      { reach: 'all', own: {} },
    ],
    ['an auditor reads', auditor([ACME]), READ, { reach: [ACME], own: {} }],
    ['an auditor does not write', auditor('all'), WRITE, 'the role admin'],
    ['an administrator writes', admin([ACME]), WRITE, { reach: [ACME], own: {} }],
    [
      'an administrator of one integration on a route for all integrations',
      admin([ACME]),
      everywhere(WRITE),
      'the role admin for all',
    ],
    ['an administrator of all integrations', admin('all'), everywhere(WRITE), { reach: 'all', own: {} }],
    ['a member on a route without own resources', member, READ, 'the role auditor'],
    ['a member on a route with own resources', member, OWN, { reach: [], own: { [ACME]: 'alice' } }],
    ['a person without users', person(), OWN, 'the role member'],
    [
      'an auditor of one integration and a user of another',
      { ...auditor([ACME]), users: { [ACME]: 'alice', [OTHER]: 'a2' } },
      OWN,
      { reach: [ACME], own: { [OTHER]: 'a2' } },
    ],
    [
      'an auditor of all integrations who is also a user',
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

describe('a route that requires a recent login', () => {
  const need: Need = { ...WRITE, stepUp: true };
  const since = (seconds: number): Person => ({ ...admin('all'), authenticatedAt: NOW - seconds * 1000 });

  it('accepts a login of the last 10 minutes', () => {
    expect(accessOf(since(STEP_UP_SECONDS), need, NOW).reach).toBe('all');
  });
  it('refuses an older login', () => {
    expect(() => accessOf(since(STEP_UP_SECONDS + 1), need, NOW)).toThrow(StepUpNeeded);
  });
  it('refuses a caller without the role before it checks the login', () => {
    const old = { ...auditor('all'), authenticatedAt: 0 };
    expect(() => accessOf(old, need, NOW)).toThrow(expect.objectContaining({ code: 'notAllowed' }));
  });
  it('does not apply to keys, nor to other routes', () => {
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
    ['no credential', undefined, READ, undefined, 'unauthorized'],
    ['a SCIM client', scim, READ, ACME, 'unauthorized'],
    ['a covered integration', key('all', [ACME]), READ, ACME, undefined],
    ['an integration that is not covered', key('all', [ACME]), READ, OTHER, 'missing'],
    ['no integration in the path', key('all', [ACME]), READ, undefined, undefined],
    ['an integration of a member', member, OWN, ACME, undefined],
    ['another integration of a member', member, OWN, OTHER, 'missing'],
    ['a missing scope is reported before a missing integration', key([], [ACME]), READ, OTHER, 'notAllowed'],
  ])('%s', (_, caller, need, integrationId, code) => {
    const admitted = () => admit(caller, need, integrationId, NOW);
    if (code === undefined) expect(accessibleIntegrations(admitted())).toContain(integrationId ?? ACME);
    else expect(admitted).toThrow(expect.objectContaining({ code }));
  });

  it('a caller can access the integrations of its role and those of its users', () => {
    expect(accessibleIntegrations({ reach: [ACME], own: { [OTHER]: 'a', [ACME]: 'b' } })).toEqual([ACME, OTHER]);
    expect(accessibleIntegrations({ reach: 'all', own: { [OTHER]: 'a' } })).toBe('all');
  });
});

it('the refusal of an old login states the allowed age', () => {
  const refusal = new StepUpNeeded();
  expect(refusal).toBeInstanceOf(Refusal);
  expect([refusal.code, refusal.message]).toEqual(['unauthorized', expect.stringContaining('the last 10 minutes')]);
});
