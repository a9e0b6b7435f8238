import { type Access } from '../../callers/access.rule.js';
import { type ApiKeyCaller, type Person } from '../../callers/caller.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { canSee, canActOn, requesterOf, reviewerOf, scopeToReviewers, scopeToCaller } from './own.rule.js';

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

describe('a request of alice at Acme', () => {
  const ask = (approverIds?: string[]) => ({
    integrationId: ACME,
    userId: ALICE,
    approval: approverIds ? { kind: 'manual', approverIds } : { kind: 'automatic' },
  });
  const at = (integrationId: string, user: string): Access => ({ reach: [], own: { [integrationId]: user } });

  it.each<[string, Access, string[] | undefined, seen: boolean, acted: boolean]>([
    ['is visible to alice', MEMBER, undefined, true, true],
    ['is visible to an auditor', AUDITOR, undefined, true, true],
    ['is visible to an auditor of all integrations', ALL, undefined, true, true],
    ['is hidden from an auditor of another integration', { reach: [OTHER], own: {} }, undefined, false, false],
    ['is hidden from bob', at(ACME, BOB), undefined, false, false],
    ['is visible to bob as approver, who may not act on it', at(ACME, BOB), ['carol', BOB], true, false],
    ['is hidden from bob when others are approvers', at(ACME, BOB), ['carol'], false, false],
    ['is hidden from a user with the same id in another integration', at(OTHER, ALICE), [ALICE], false, false],
  ])('%s', (_, access, approverIds, seen, acted) => {
    expect([canSee(access, ask(approverIds)), canActOn(access, ask(approverIds))]).toEqual([seen, acted]);
  });
});

describe('requesterOf', () => {
  const alice = person({ [ACME]: ALICE });

  it.each<[string, Parameters<typeof requesterOf>, string]>([
    ['the own user of a member who names none', [alice, MEMBER, ACME, undefined], ALICE],
    ['the own user of a member who names it', [alice, MEMBER, ACME, ALICE], ALICE],
    ['the own user of an administrator who names none', [alice, ALL, ACME, undefined], ALICE],
    ['the user that an administrator names', [alice, ALL, ACME, BOB], BOB],
    ['the user that an API key names', [KEY, ALL, ACME, BOB], BOB],
  ])('is %s', (_, args, expected) => {
    expect(requesterOf(...args)).toBe(expected);
  });
  it.each<[string, Parameters<typeof requesterOf>, unknown]>([
    ['a member who names another user', [alice, MEMBER, ACME, BOB], REFUSED],
    ['a member who names a user of another integration', [alice, MEMBER, OTHER, BOB], REFUSED],
    ['a person without a user in the integration who names none', [alice, ALL, OTHER, undefined], InvalidFields],
    ['an API key that names none', [KEY, ALL, ACME, undefined], InvalidFields],
  ])('refuses %s', (_, args, expected) => {
    throws(() => requesterOf(...args), expected);
  });
});

describe('reviewerOf', () => {
  const bob = person({ [ACME]: BOB });

  it('is the own user of a person, named or not', () => {
    expect([reviewerOf(bob, ACME, undefined), reviewerOf(bob, ACME, BOB)]).toEqual([BOB, BOB]);
  });
  it('is the user that an API key names', () => {
    expect(reviewerOf(KEY, ACME, BOB)).toBe(BOB);
  });
  it.each<[string, Parameters<typeof reviewerOf>, unknown]>([
    ['a person who is not a user there', [bob, OTHER, undefined], REFUSED],
    ['a person who is not a user there and names one', [bob, OTHER, BOB], REFUSED],
    ['a person on behalf of another user', [bob, ACME, ALICE], REFUSED],
    ['an API key that names no user', [KEY, ACME, undefined], InvalidFields],
  ])('refuses %s', (_, args, expected) => {
    throws(() => reviewerOf(...args), expected);
  });
});
