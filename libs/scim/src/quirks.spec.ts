import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyPatch,
  type Dialect,
  DIALECTS,
  groupChanges,
  parseBulk,
  parsePatch,
  parseResource,
  parseSearchRequest,
  type QuirkName,
  QUIRKS,
  readFilter,
  resolveAttribute,
  resourceTypes,
  ScimError,
  tolerates,
} from './index.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const MESSAGE = 'urn:ietf:params:scim:api:messages:2.0:';

const profiles = Object.fromEntries(
  DIALECTS.map((dialect) => [dialect, resourceTypes({ dialect, extensions: { User: [], Group: [] } })]),
) as Record<Dialect, ReturnType<typeof resourceTypes>>;
const WORK = { value: 'a@work.example', type: 'work', primary: true };
const HOME = { value: 'a@home.example', type: 'home' };
const emails = [WORK, HOME];
const alice = { userName: 'alice', active: true, emails };

type Act = (dialect: Dialect) => unknown;
const body =
  (given: object): Act =>
  (dialect) =>
    parseResource(profiles[dialect].User, { schemas: [CORE], userName: 'alice', ...given });
const patch =
  (...Operations: object[]): Act =>
  (dialect) =>
    applyPatch(profiles[dialect].User, alice, parsePatch({ schemas: [`${MESSAGE}PatchOp`], Operations }, dialect));
const filter =
  (text: string): Act =>
  (dialect) =>
    readFilter(profiles[dialect].User, text).kind;
const work = 'emails[type eq "work"]';
const other = 'emails[type eq "other"]';

/** An input, a part of its result in tolerant dialects, and the error code or result in the others. */
type Case = [Act, tolerant: unknown, otherwise: unknown];

const CASES: Partial<Record<QuirkName, Case[]>> = {
  opInAnyCase: [
    [patch({ op: 'Replace', path: 'title', value: 'x' }), { title: 'x' }, 'invalidSyntax'],
    [
      (dialect) => {
        const Operations = [{ method: 'delete', path: '/Users/1' }];
        const request = { schemas: [`${MESSAGE}BulkRequest`], Operations };
        const [operation] = parseBulk(request, profiles[dialect], 'https://tidegate.example/scim/v2/1').operations;
        if (operation?.refusal) throw operation.refusal;
        return operation;
      },
      { method: 'DELETE' },
      'invalidSyntax',
    ],
  ],
  booleansAsText: [
    [body({ active: 'False' }), { active: false }, 'invalidValue'],
    [body({ emails: [{ value: 'a', primary: 'true' }] }), { emails: [{ value: 'a', primary: true }] }, 'invalidValue'],
    [patch({ op: 'replace', path: 'active', value: 'False' }), { active: false }, 'invalidValue'],
    [patch({ op: 'replace', value: { active: 'false' } }), { active: false }, 'invalidValue'],
    [patch({ op: 'remove', path: 'emails[primary eq "True"]' }), { emails: [HOME] }, 'invalidFilter'],
    [filter('active eq "True"'), 'compare', 'invalidFilter'],
    [filter('emails[primary eq "True"]'), 'valuePath', 'invalidFilter'],
    [filter('not (title pr or active eq "false")'), 'not', 'invalidFilter'],
  ],
  numbersAsText: [
    [body({ externalId: 7 }), { externalId: '7' }, 'invalidValue'],
    [body({ [ENTERPRISE]: { costCenter: 7 } }), { [ENTERPRISE]: { costCenter: '7' } }, 'invalidValue'],
    [patch({ op: 'add', path: 'title', value: 7 }), { title: '7' }, 'invalidValue'],
    [filter('externalId eq 7'), 'compare', 'invalidFilter'],
    [filter('emails co 7'), 'compare', 'invalidFilter'],
  ],
  schemasMissing: [
    [body({ schemas: undefined }), { userName: 'alice' }, 'invalidSyntax'],
    [body({ schemas: null }), { userName: 'alice' }, 'invalidSyntax'],
    [body({ schemas: [] }), { userName: 'alice' }, 'invalidSyntax'],
    [body({ schemas: [ENTERPRISE] }), { userName: 'alice' }, 'invalidSyntax'],
    [(dialect) => parsePatch({ Operations: [{ op: 'remove', path: 'title' }] }, dialect), [{}], 'invalidSyntax'],
    [(dialect) => parseSearchRequest({ count: 1 }, dialect), { count: 1 }, 'invalidSyntax'],
    [
      (dialect) => parseBulk({ Operations: [{}] }, profiles[dialect], 'https://tidegate.example'),
      { operations: [{}] },
      'invalidSyntax',
    ],
  ],
  schemasForeign: [
    [body({ schemas: [CORE, 'urn:scim:schemas:core:2.0'] }), { userName: 'alice' }, 'invalidValue'],
    [body({ schemas: [CORE, CORE] }), { userName: 'alice' }, 'invalidValue'],
    [
      (dialect) => {
        const microsoft = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
        return parseResource(profiles[dialect].Group, { schemas: [GROUP, microsoft], displayName: 'admins' });
      },
      { displayName: 'admins' },
      'invalidValue',
    ],
  ],
  coreAttributesUnderUrn: [
    [body({ [CORE]: { title: 'x' } }), { title: 'x' }, 'invalidSyntax'],
    [patch({ op: 'replace', value: { [CORE]: { active: false } } }), { active: false }, 'invalidPath'],
    [patch({ op: 'replace', path: CORE, value: { active: false } }), { active: false }, 'invalidPath'],
  ],
  oneForMany: [
    [body({ emails: { value: 'a' } }), { emails: [{ value: 'a' }] }, 'invalidValue'],
    [
      patch({ op: 'add', path: 'emails', value: { value: 'a' } }),
      { emails: [...emails, { value: 'a' }] },
      'invalidValue',
    ],
    [
      (dialect) => groupChanges(profiles[dialect].Group, [{ op: 'add', path: 'members', value: { value: 'a' } }]),
      { members: [{ kind: 'add', ids: ['a'] }] },
      'invalidValue',
    ],
  ],
  plainForComplex: [
    [body({ [ENTERPRISE]: { manager: 'bob' } }), { [ENTERPRISE]: { manager: { value: 'bob' } } }, 'invalidValue'],
    [body({ [ENTERPRISE]: { manager: '' } }), { userName: 'alice' }, 'invalidValue'],
    [body({ emails: ['a'] }), { emails: [{ value: 'a' }] }, 'invalidValue'],
    [
      patch({ op: 'add', path: `${ENTERPRISE}:manager`, value: 'bob' }),
      { [ENTERPRISE]: { manager: { value: 'bob' } } },
      'invalidValue',
    ],
  ],
  emptyListForOne: [
    [body({ title: [] }), { userName: 'alice' }, 'invalidValue'],
    [body({ name: [] }), { userName: 'alice' }, 'invalidValue'],
    [patch({ op: 'replace', path: 'title', value: [] }), alice, 'invalidValue'],
    [patch({ op: 'replace', path: `${work}.value`, value: [] }), { emails: [HOME] }, 'invalidValue'],
  ],
  looseFormats: [
    [body({ profileUrl: 'GTPBKAFUPX' }), { profileUrl: 'GTPBKAFUPX' }, 'invalidValue'],
    [body({ photos: [{ value: 'a b' }] }), { photos: [{ value: 'a b' }] }, 'invalidValue'],
    [body({ x509Certificates: [{ value: '-----' }] }), { x509Certificates: [{ value: '-----' }] }, 'invalidValue'],
  ],
  dotAfterUrn: [
    [
      patch({ op: 'add', path: `${ENTERPRISE}.manager`, value: { value: 'bob' } }),
      { [ENTERPRISE]: { manager: { value: 'bob' } } },
      'invalidPath',
    ],
    [
      patch({ op: 'add', path: `${ENTERPRISE}.manager.value`, value: 'bob' }),
      { [ENTERPRISE]: { manager: { value: 'bob' } } },
      'invalidPath',
    ],
    [
      patch({ op: 'add', value: { [`${ENTERPRISE}.manager.value`]: 'bob' } }),
      { [ENTERPRISE]: { manager: { value: 'bob' } } },
      'invalidPath',
    ],
    [
      patch({ op: 'replace', path: `${CORE}.name.givenName`, value: 'Al' }),
      { name: { givenName: 'Al' } },
      'invalidPath',
    ],
    [patch({ op: 'replace', path: `${CORE}.active`, value: false }), { active: false }, 'invalidPath'],
    [patch({ op: 'replace', value: { [`${CORE}.active`]: false } }), { active: false }, 'invalidPath'],
    [body({ [`${CORE}.active`]: false }), { active: false }, 'invalidSyntax'],
    [body({ [`${ENTERPRISE}.department`]: 'x' }), { [ENTERPRISE]: { department: 'x' } }, 'invalidSyntax'],
    [
      (dialect) => resolveAttribute(profiles[dialect].User, `${ENTERPRISE}.department`) ?? 'invalidFilter',
      { name: `${ENTERPRISE}:department` },
      'invalidFilter',
    ],
    [
      (dialect) => resolveAttribute(profiles[dialect].User, `${ENTERPRISE}.manager.value`) ?? 'invalidFilter',
      { name: `${ENTERPRISE}:manager.value` },
      'invalidFilter',
    ],
  ],
  pathsAsNames: [
    [patch({ op: 'replace', value: { 'name.givenName': 'A' } }), { name: { givenName: 'A' } }, 'invalidPath'],
    [patch({ op: 'replace', value: { [`${CORE}:active`]: false } }), { active: false }, 'invalidPath'],
    [patch({ op: 'replace', value: { ' active': false } }), { active: false }, 'invalidPath'],
    [
      patch({ op: 'replace', value: { [`${ENTERPRISE}:department`]: 'x' } }),
      { [ENTERPRISE]: { department: 'x' } },
      'invalidPath',
    ],
    [
      patch({ op: 'replace', value: { [ENTERPRISE]: { 'manager.value': 'bob' } } }),
      { [ENTERPRISE]: { manager: { value: 'bob' } } },
      'invalidPath',
    ],
    [
      patch({ op: 'replace', value: { [`${work}.value`]: 'x' } }),
      { emails: [{ ...WORK, value: 'x' }, HOME] },
      'invalidPath',
    ],
    [body({ [`${CORE}:Active`]: 'False' }), { active: false }, 'invalidSyntax'],
    [body({ 'active ': false }), { active: false }, 'invalidSyntax'],
    [
      body({ [ENTERPRISE]: { division: 'D' }, [`${ENTERPRISE}:department`]: 'x' }),
      { [ENTERPRISE]: { division: 'D', department: 'x' } },
      'invalidSyntax',
    ],
  ],
  readOnlyInPatchValue: [
    [patch({ op: 'replace', value: { id: 'x', title: 'y' } }), { title: 'y' }, 'mutability'],
    [patch({ op: 'add', value: { meta: {}, groups: [] } }), alice, 'mutability'],
    [patch({ op: 'add', value: { schemas: [] } }), alice, 'mutability'],
  ],
  removeThoseNamed: [
    [
      patch({ op: 'remove', path: 'emails', value: [{ value: 'a@work.example' }] }),
      { emails: [HOME] },
      'invalidSyntax',
    ],
    [patch({ op: 'remove', path: 'emails', value: null }), { userName: 'alice' }, { userName: 'alice' }],
  ],
  removeOfNothing: [
    [patch({ op: 'remove', path: other }), alice, 'noTarget'],
    [patch({ op: 'remove', path: `${other}.display` }), alice, 'noTarget'],
    [patch({ op: 'replace', path: `${other}.value`, value: null }), alice, 'noTarget'],
    [patch({ op: 'remove', path: 'title' }), alice, alice],
  ],
  replaceCreates: [
    [
      patch({ op: 'replace', path: `${other}.value`, value: 'x' }),
      { emails: [...emails, { type: 'other', value: 'x' }] },
      'noTarget',
    ],
  ],
  comparisonAfterBrackets: [[filter(`${work}.value eq "x"`), 'valuePath', 'invalidFilter']],
};

/** Quirks that need a whole service, with the test that covers them. */
const ELSEWHERE: Partial<Record<QuirkName, string>> = {
  unknownMembers: 'apps/identity/test/dialects.spec.ts',
  bothProjections: 'apps/gateway/test/scim-dialects.spec.ts',
  bareToken: 'apps/gateway/test/scim-dialects.spec.ts',
  groupPatchWithoutBody: 'apps/gateway/test/scim-dialects.spec.ts',
  groupNamesUnique: 'apps/identity/test/dialects.spec.ts',
};

const rows = Object.entries(CASES).flatMap(([quirk, cases]) =>
  cases.flatMap(([act, tolerant, otherwise], index) =>
    DIALECTS.map((dialect) => ({ quirk: quirk as QuirkName, number: index + 1, dialect, act, tolerant, otherwise })),
  ),
);

test.each(rows)('$quirk in the dialect $dialect ($number)', ({ quirk, dialect, act, tolerant, otherwise }) => {
  const expected = tolerates(dialect, quirk) ? tolerant : otherwise;
  let result: unknown;
  try {
    result = act(dialect);
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    result = error.code;
  }
  if (typeof expected === 'object') expect(result).toMatchObject(expected!);
  else expect(result).toBe(expected);
});

test('every quirk has test cases', () => {
  expect([...Object.keys(CASES), ...Object.keys(ELSEWHERE)].sort()).toEqual(Object.keys(QUIRKS).sort());
  for (const [quirk, file] of Object.entries(ELSEWHERE)) {
    expect(readFileSync(join(process.cwd(), file), 'utf8')).toContain(quirk);
  }
});

test('the strict dialect tolerates nothing, and each quirk has a source', () => {
  for (const [quirk, { what, otherwise, source, dialects }] of Object.entries(QUIRKS)) {
    expect(tolerates('strict', quirk as QuirkName)).toBe(false);
    expect(dialects.length).toBeGreaterThan(0);
    expect(what).toMatch(/^\S.*\.$/);
    expect(source).toMatch(/^https:\/\//);
    const refusals = (CASES[quirk as QuirkName] ?? []).map(([, , code]) => code);
    for (const code of refusals.filter((each) => typeof each === 'string')) expect(otherwise).toContain(code);
  }
});

test.each(DIALECTS)('PUT, PATCH without path and an add that creates the selected value work in %s', (dialect) => {
  expect(patch({ op: 'replace', value: { active: false } })(dialect)).toMatchObject({ active: false });
  expect(patch({ op: 'replace', value: { [ENTERPRISE]: { department: 'x' } } })(dialect)).toMatchObject({
    [ENTERPRISE]: { department: 'x' },
  });
  expect(patch({ op: 'add', path: `${other}.value`, value: 'x' })(dialect)).toMatchObject({
    emails: [...emails, { type: 'other', value: 'x' }],
  });
  expect(patch({ op: 'remove', path: ENTERPRISE })(dialect)).toBe(alice);
  expect(body({ unknown: 1, emails: null, groups: [] })(dialect)).toEqual({ userName: 'alice' });
});
