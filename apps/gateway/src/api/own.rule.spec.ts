import { type Access } from '../auth/access.rule.js';
import { type ApiKeyCaller, type Person } from '../auth/caller.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { concerns, isOwnOrCovered, reviewerOf, reviewersOf, whose } from './own.rule.js';

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

describe('about whom a call is', () => {
  const mine = { reach: [ACME], integrationId: ACME, userId: ALICE };

  it.each<[string, Access, Parameters<typeof whose>[1], object]>([
    ['a member who names no user', MEMBER, {}, mine],
    ['a member who names the integration', MEMBER, { integrationId: ACME }, mine],
    ['a member who names the own user', MEMBER, { userId: ALICE }, mine],
    ['a user of two integrations who names one', TWICE, { integrationId: ACME }, mine],
    ['a user of two integrations who names the user of one', TWICE, { userId: ALICE }, mine],
    ['an auditor', AUDITOR, { userId: BOB }, { reach: [ACME], integrationId: undefined, userId: BOB }],
    ['an auditor who names nothing', AUDITOR, {}, { reach: [ACME], integrationId: undefined, userId: undefined }],
    ['an auditor of all', ALL, { integrationId: OTHER }, { reach: 'all', integrationId: OTHER, userId: undefined }],
    [
      'an auditor here, a user there, who names nothing: as auditor',
      BOTH,
      {},
      { reach: [ACME], integrationId: undefined, userId: undefined },
    ],
    [
      'an auditor here, a user there, who names there: as user',
      BOTH,
      { integrationId: OTHER },
      { reach: [OTHER], integrationId: OTHER, userId: ALICE_TOO },
    ],
    [
      'an auditor here, a user there, who names another there: nothing there is in reach',
      BOTH,
      { integrationId: OTHER, userId: BOB },
      { reach: [ACME], integrationId: OTHER, userId: BOB },
    ],
  ])('%s', (_, access, asked, expected) => {
    expect(whose(access, asked)).toEqual(expected);
  });

  it.each<[string, Access, Parameters<typeof whose>[1], unknown]>([
    ['a member who names another', MEMBER, { userId: BOB }, REFUSED],
    ['a member who names another integration', MEMBER, { integrationId: OTHER }, REFUSED],
    ['a member who names the own user in another integration', TWICE, { integrationId: OTHER, userId: ALICE }, REFUSED],
    ['who is nobody', { reach: [], own: {} }, {}, REFUSED],
    ['a user of two integrations who names nothing', TWICE, {}, InvalidFields],
  ])('is refused: %s', (_, access, asked, expected) => {
    throws(() => whose(access, asked), expected);
  });
});

describe('the list of what somebody may decide', () => {
  const alice = person(TWICE.own);

  it.each<[string, Parameters<typeof reviewersOf>, object | undefined]>([
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
    ['of a person where the caller is no user', [alice, TWICE, { reviewable: true, integrationId: THIRD }], undefined],
    ['of a person, who names another', [alice, TWICE, { reviewable: true, approverId: BOB }], undefined],
    [
      'of that a program names',
      [KEY, ALL, { reviewable: false, approverId: BOB }],
      { reach: 'all', approverIds: [BOB] },
    ],
    ['of all', [KEY, ALL, { reviewable: false }], { reach: 'all' }],
    ['of a member', [person(MEMBER.own), MEMBER, { reviewable: false }], { reach: [ACME], approverIds: [ALICE] }],
  ])('%s', (_, args, expected) => {
    expect(reviewersOf(...args)).toEqual(expected);
  });

  it('asks a program to name the approver, and a stranger too', () => {
    for (const caller of [KEY, undefined]) throws(() => reviewersOf(caller, ALL, { reviewable: true }), InvalidFields);
  });
  it('is not shown to a member who names another', () => {
    throws(() => reviewersOf(person(MEMBER.own), MEMBER, { reviewable: false, approverId: BOB }), REFUSED);
  });
});

describe('something that belongs to alice at Acme', () => {
  const ask = (approverIds?: string[]) => ({
    integrationId: ACME,
    userId: ALICE,
    approval: approverIds ? { kind: 'manual', approverIds } : { kind: 'automatic' },
  });
  const at = (integrationId: string, user: string): Access => ({ reach: [], own: { [integrationId]: user } });

  it.each<[string, Access, string[] | undefined, seen: boolean, acted: boolean]>([
    ['is hers', MEMBER, undefined, true, true],
    ['is within reach of an auditor', AUDITOR, undefined, true, true],
    ['is within reach of all', ALL, undefined, true, true],
    ['is out of reach of another auditor', { reach: [OTHER], own: {} }, undefined, false, false],
    ['is not bob’s', at(ACME, BOB), undefined, false, false],
    ['is shown to bob who may approve, and he may not act for her', at(ACME, BOB), ['carol', BOB], true, false],
    ['is not shown to bob when others may approve', at(ACME, BOB), ['carol'], false, false],
    ['is not shown to the alice of another integration', at(OTHER, ALICE), [ALICE], false, false],
  ])('%s', (_, access, approverIds, seen, acted) => {
    expect([concerns(access, ask(approverIds)), isOwnOrCovered(access, ask(approverIds))]).toEqual([seen, acted]);
  });
});

describe('who decides on a request', () => {
  const bob = person({ [ACME]: BOB });

  it('is a person as the user that it is, named or not', () => {
    expect([reviewerOf(bob, ACME, undefined), reviewerOf(bob, ACME, BOB)]).toEqual([BOB, BOB]);
  });
  it('is the user that a program names', () => {
    expect(reviewerOf(KEY, ACME, BOB)).toBe(BOB);
  });
  it.each<[string, Parameters<typeof reviewerOf>, unknown]>([
    ['a person where the caller is no user', [bob, OTHER, undefined], REFUSED],
    ['a person where the caller is no user, though it names one', [bob, OTHER, BOB], REFUSED],
    ['a person in the name of another', [bob, ACME, ALICE], REFUSED],
    ['a program that names no user', [KEY, ACME, undefined], InvalidFields],
  ])('is not %s', (_, args, expected) => {
    throws(() => reviewerOf(...args), expected);
  });
});
