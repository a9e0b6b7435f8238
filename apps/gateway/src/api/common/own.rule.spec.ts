import { type NamedActor } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { type ApiKeyCaller, KEY_ISSUER, type Person } from '../../callers/caller.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import {
  canActOn,
  hasMade,
  requesterOf,
  type RequestUser,
  reviewerOf,
  scopeToCaller,
  scopeToReviewers,
} from './own.rule.js';

const [ACME, OTHER, THIRD] = ['acme', 'other', 'third'];
const [ALICE, ALICE_TOO, BOB] = ['alice', 'alice-too', 'bob'];

const KEY: ApiKeyCaller = {
  kind: 'key',
  keyId: 'k',
  name: 'key',
  maker: null,
  person: null,
  scopes: 'all',
  integrations: 'all',
  expiresAt: null,
};
const person = (users: Record<string, string>): Person => ({
  kind: 'person',
  sessionId: 's',
  issuer: 'https://acme.okta.com',
  subject: 'alice',
  roles: { member: [], auditor: [], admin: [] },
  users,
  authenticatedAt: 0,
  csrfToken: 'c',
});
const MEMBER: Access = { reach: [], own: { [ACME]: ALICE } };
const TWICE: Access = { reach: [], own: { [ACME]: ALICE, [OTHER]: ALICE_TOO } };
const AUDITOR: Access = { reach: [ACME], own: {} };
const BOTH: Access = { reach: [ACME], own: { [OTHER]: ALICE_TOO } };
const ALL: Access = { reach: 'all', own: {} };

const REFUSED = expect.objectContaining({ code: 'notAllowed' });
const throws = (call: () => unknown, expected: unknown) => {
  if (expected === InvalidFields) expect(call).toThrow(InvalidFields);
  else expect(call).toThrow(REFUSED);
};

describe('scopeToCaller', () => {
  const mine = { reach: [ACME], integrationId: ACME, userId: ALICE };

  it.each<[string, Access, Parameters<typeof scopeToCaller>[1], object]>([
    ['a member who names no user', MEMBER, {}, mine],
    ['a member who names the integration', MEMBER, { integrationId: ACME }, mine],
    ['a member who names their own user', MEMBER, { userId: ALICE }, mine],
    ['a user of two integrations who names one', TWICE, { integrationId: ACME }, mine],
    ['a user of two integrations who names the user of one', TWICE, { userId: ALICE }, mine],
    ['an auditor', AUDITOR, { userId: BOB }, { reach: [ACME], integrationId: undefined, userId: BOB }],
    ['an auditor who names nothing', AUDITOR, {}, { reach: [ACME], integrationId: undefined, userId: undefined }],
    ['an auditor of all', ALL, { integrationId: OTHER }, { reach: 'all', integrationId: OTHER, userId: undefined }],
    [
      'an auditor in one integration and user in another, who names nothing: as auditor',
      BOTH,
      {},
      { reach: [ACME], integrationId: undefined, userId: undefined },
    ],
    [
      'an auditor in one integration and user in another, who names the other: as user',
      BOTH,
      { integrationId: OTHER },
      { reach: [OTHER], integrationId: OTHER, userId: ALICE_TOO },
    ],
    [
      'an auditor in one integration and user in another, who names another user there: the other is out of reach',
      BOTH,
      { integrationId: OTHER, userId: BOB },
      { reach: [ACME], integrationId: OTHER, userId: BOB },
    ],
  ])('%s', (_, access, asked, expected) => {
    expect(scopeToCaller(access, asked)).toEqual(expected);
  });

  it.each<[string, Access, Parameters<typeof scopeToCaller>[1], unknown]>([
    ['a member who names another user', MEMBER, { userId: BOB }, REFUSED],
    ['a member who names another integration', MEMBER, { integrationId: OTHER }, REFUSED],
    [
      'a member who names their own user in another integration',
      TWICE,
      { integrationId: OTHER, userId: ALICE },
      REFUSED,
    ],
    ['a caller without roles or users', { reach: [], own: {} }, {}, REFUSED],
    ['a user of two integrations who names nothing', TWICE, {}, InvalidFields],
  ])('refuses %s', (_, access, asked, expected) => {
    throws(() => scopeToCaller(access, asked), expected);
  });
});

describe('scopeToReviewers', () => {
  const alice = person(TWICE.own);

  it.each<[string, Parameters<typeof scopeToReviewers>, object | undefined]>([
    [
      'of a person, everywhere',
      [alice, TWICE, { reviewable: true }],
      { reach: [ACME, OTHER], approverIds: [ALICE, ALICE_TOO] },
    ],
    [
      'of a person, in one integration',
      [alice, TWICE, { reviewable: true, integrationId: OTHER }],
      { reach: [OTHER], approverIds: [ALICE_TOO] },
    ],
    [
      'of a person, named',
      [alice, TWICE, { reviewable: true, approverId: ALICE }],
      { reach: [ACME], approverIds: [ALICE] },
    ],
    ['of a person who is not a user there', [alice, TWICE, { reviewable: true, integrationId: THIRD }], undefined],
    ['of a person who names another user', [alice, TWICE, { reviewable: true, approverId: BOB }], undefined],
    [
      'of the approver that an API key names',
      [KEY, ALL, { reviewable: false, approverId: BOB }],
      { reach: 'all', approverIds: [BOB] },
    ],
    ['of all approvers', [KEY, ALL, { reviewable: false }], { reach: 'all' }],
    ['of a member', [person(MEMBER.own), MEMBER, { reviewable: false }], { reach: [ACME], approverIds: [ALICE] }],
  ])('%s', (_, args, expected) => {
    expect(scopeToReviewers(...args)).toEqual(expected);
  });

  it('requires API keys and unauthenticated callers to name the approver', () => {
    for (const caller of [KEY, undefined])
      throws(() => scopeToReviewers(caller, ALL, { reviewable: true }), InvalidFields);
  });
  it('refuses a member who names another user', () => {
    throws(() => scopeToReviewers(person(MEMBER.own), MEMBER, { reviewable: false, approverId: BOB }), REFUSED);
  });
});

describe('a grant of alice at Acme', () => {
  const at = (integrationId: string, user: string): Access => ({ reach: [], own: { [integrationId]: user } });

  it.each<[string, Access, boolean]>([
    ['alice', MEMBER, true],
    ['an auditor', AUDITOR, true],
    ['an auditor of all integrations', ALL, true],
    ['an auditor of another integration', { reach: [OTHER], own: {} }, false],
    ['bob', at(ACME, BOB), false],
    ['a user with the same id in another integration', at(OTHER, ALICE), false],
  ])('who acts on it: %s', (_, access, acts) => {
    expect(canActOn(access, { integrationId: ACME, userId: ALICE })).toBe(acts);
  });
});

describe('a request that bob made for alice at Acme', () => {
  const login = { issuer: 'https://acme.okta.com', subject: 'bob' };
  const by = (requestedBy: NamedActor | null) => ({ integrationId: ACME, requestedBy });
  const byBob: NamedActor = { kind: 'person', ...login, userId: BOB };
  const byKey: NamedActor = { kind: 'apiKey', keyId: 'k', name: 'key', maker: { ...login, userId: BOB } };
  const at = (integrationId: string, user: string): Access => ({ reach: [], own: { [integrationId]: user } });

  it.each<[string, Access, NamedActor | null, boolean]>([
    ['bob', at(ACME, BOB), byBob, true],
    ['alice', MEMBER, byBob, false],
    ['a user with the same id in another integration', at(OTHER, BOB), byBob, false],
    ['an auditor', AUDITOR, byBob, false],
    ['bob, by a key', at(ACME, BOB), byKey, false],
    ['bob, without a user', at(ACME, BOB), { kind: 'person', ...login }, false],
    ['nobody that is known', at(ACME, BOB), null, false],
  ])('who made it: %s', (_, access, requestedBy, made) => expect(hasMade(access, by(requestedBy))).toBe(made));
});

describe('requesterOf', () => {
  const alice = person({ [ACME]: ALICE });

  it.each<[string, Parameters<typeof requesterOf>, RequestUser]>([
    ['the own user of a member who names none', [alice, MEMBER, ACME, undefined], { userId: ALICE, memberId: ALICE }],
    ['the own user of a member who names it', [alice, MEMBER, ACME, ALICE], { userId: ALICE, memberId: ALICE }],
    ['the user that a member names: the flow decides', [alice, MEMBER, ACME, BOB], { userId: BOB, memberId: ALICE }],
    ['the own user of an administrator who names none', [alice, ALL, ACME, undefined], { userId: ALICE }],
    ['the user that an administrator names', [alice, ALL, ACME, BOB], { userId: BOB }],
    ['the user that an API key names', [KEY, ALL, ACME, BOB], { userId: BOB }],
  ])('is %s', (_, args, expected) => {
    expect(requesterOf(...args)).toEqual(expected);
  });
  it.each<[string, Parameters<typeof requesterOf>, unknown]>([
    ['a member who names a user of another integration', [alice, MEMBER, OTHER, BOB], REFUSED],
    ['a person without a user in the integration who names none', [alice, ALL, OTHER, undefined], InvalidFields],
    ['an API key that names none', [KEY, ALL, ACME, undefined], InvalidFields],
  ])('refuses %s', (_, args, expected) => {
    throws(() => requesterOf(...args), expected);
  });
});

describe('reviewerOf', () => {
  const bob = person({ [ACME]: BOB });

  const throughKey: Person = { ...person({}), issuer: KEY_ISSUER };

  it.each<[string, Parameters<typeof reviewerOf>, string | undefined]>([
    ['the own user of a person', [bob, MEMBER, ACME, undefined], BOB],
    ['the own user that a person names', [bob, MEMBER, ACME, BOB], BOB],
    ['the own user of an administrator', [bob, ALL, ACME, undefined], BOB],
    ['the user that an API key names', [KEY, ALL, ACME, BOB], BOB],
    ['none for an administrator without a user', [person({}), AUDITOR, ACME, undefined], undefined],
  ])('is %s', (_, args, expected) => expect(reviewerOf(...args)).toBe(expected));

  it.each<[string, Parameters<typeof reviewerOf>, unknown]>([
    ['a person who is not a user there', [bob, MEMBER, OTHER, undefined], REFUSED],
    ['a person who is not a user there and names one', [bob, MEMBER, OTHER, BOB], REFUSED],
    ['a person on behalf of another user', [bob, MEMBER, ACME, ALICE], REFUSED],
    ['an administrator on behalf of another user', [person({}), ALL, ACME, BOB], REFUSED],
    ['an administrator of another integration', [person({}), AUDITOR, OTHER, undefined], REFUSED],
    ['an administrator who logged in with a key', [throughKey, ALL, ACME, undefined], REFUSED],
    ['an API key that names no user', [KEY, ALL, ACME, undefined], InvalidFields],
  ])('refuses %s', (_, args, expected) => {
    throws(() => reviewerOf(...args), expected);
  });
});
