import {
  applyPatch,
  type Dialect,
  DIALECTS,
  groupChanges,
  matches,
  parseBulk,
  parseExtensions,
  parsePatch,
  parsePath,
  parseResource,
  parseSearchRequest,
  printFilter,
  project,
  readFilter,
  resourceTypes,
  type ScimAttributes,
} from '@tidegate/scim';
import { mutatedJson, mutatedText, pickFrom, type Pick } from './mutations.js';
import { codeOf } from './refusals.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ROOM = 'urn:example:scim:1.0:Room';
const MESSAGE = 'urn:ietf:params:scim:api:messages:2.0:';
const room = {
  id: ROOM,
  attributes: [
    { name: 'number', type: 'integer' },
    { name: 'tags', multiValued: true },
  ],
};
const extensions = parseExtensions({ User: [room], Group: [room] });
const types = new Map(DIALECTS.map((dialect) => [dialect, resourceTypes({ dialect, extensions })]));

const alice: ScimAttributes = {
  userName: 'alice@example.com',
  active: true,
  name: { givenName: 'Alice', familyName: 'Archer' },
  emails: [
    { value: 'alice@work.example', type: 'work', primary: true },
    { value: 'alice@home.example', type: 'home' },
  ],
  [ENTERPRISE]: { department: 'Tax', manager: { value: 'bob' } },
  [ROOM]: { number: 7, tags: ['a', 'b'] },
};
const admins: ScimAttributes = { displayName: 'admins', members: [{ value: 'alice' }, { value: 'bob', type: 'User' }] };

const FILTERS = [
  'userName eq "alice@example.com"',
  'not (title pr) and (active eq true or name.familyName sw "A")',
  'emails[type eq "work" and value co "@example"]',
  'emails[type eq "work"].value eq "x"',
  `${ENTERPRISE}:department ne null and meta.lastModified gt "2026-01-01T00:00:00Z"`,
  `${ROOM}:number ge 7 or ${ROOM}:tags eq "a"`,
];
const PATHS = [
  'name.givenName',
  'emails[type eq "work"].value',
  'members[value eq "alice" or value eq "bob"]',
  `${CORE}:active`,
  `${ENTERPRISE}:manager.value`,
  ROOM,
];
const OPERATIONS = [
  { op: 'replace', value: { active: false, 'name.givenName': 'A', [ENTERPRISE]: { department: 'Law' } } },
  { op: 'Replace', path: 'emails[type eq "work"].value', value: 'x@example.com' },
  { op: 'add', path: 'emails', value: [{ value: 'x', type: 'other', primary: true }] },
  { op: 'Remove', path: 'emails', value: [{ value: 'alice@home.example' }] },
  { op: 'add', path: `${ENTERPRISE}:manager`, value: 'carol' },
  { op: 'remove', path: 'name' },
  { op: 'replace', path: ROOM, value: { number: 8, tags: ['A'] } },
];
const GROUP_OPERATIONS = [
  { op: 'remove', path: 'members[value eq "alice"]' },
  { op: 'add', path: 'members', value: [{ value: 'carol', $ref: null }] },
  { op: 'replace', value: { id: '1', displayName: 'Admins', members: [] } },
];
const PATCHES = [
  ...OPERATIONS.map((operation) => [operation]),
  OPERATIONS.slice(0, 3),
  OPERATIONS,
  GROUP_OPERATIONS,
].map((Operations) => ({ schemas: [`${MESSAGE}PatchOp`], Operations }));
const BODIES = [
  { schemas: [CORE, ENTERPRISE, ROOM], id: '1', meta: { version: 'W/"1"' }, password: 'x', ...alice },
  { schemas: [GROUP], ...admins },
  { schemas: [`${MESSAGE}SearchRequest`], filter: FILTERS[0], attributes: ['emails.value'], count: 10 },
  { schemas: [`${MESSAGE}BulkRequest`], Operations: [{ method: 'PATCH', path: '/Users/1', data: PATCHES[0] }] },
];

/** Parsers that must accept or refuse a mutated input. Accepted input is used, and must survive printing and parsing. */
const TARGETS: Record<'filter' | 'path' | 'body' | 'patch', (pick: Pick, dialect: Dialect) => void> = {
  filter(pick, dialect) {
    const { User } = types.get(dialect)!;
    const text = mutatedText(pick, FILTERS);
    const filter = readFilter(User, text);
    matches(User, alice, filter);
    if (printFilter(readFilter(User, printFilter(filter))) !== printFilter(filter))
      throw new Error('The printed filter differs after parsing it again.');
  },
  path(pick, dialect) {
    const { User } = types.get(dialect)!;
    const path = mutatedText(pick, PATHS);
    project(User, alice, { attributes: path });
    project(User, alice, { excludedAttributes: path });
    parsePath(path);
    applyPatch(User, alice, [
      { op: pick(['add', 'replace', 'remove']), path, value: pick(['x', null, true, ['x'], [{ value: 'x' }]]) },
    ]);
  },
  body(pick, dialect) {
    const { User, Group } = types.get(dialect)!;
    const body = mutatedJson(pick, BODIES);
    const readers = [
      () => parseSearchRequest(body, dialect),
      () => parseBulk(body, { User, Group }, 'https://tidegate.example/scim/v2/1'),
      () => parseExtensions(body),
      () => parseResource(Group, body),
    ];
    readers.forEach(codeOf);
    const read = parseResource(User, body);
    const again = parseResource(User, { schemas: [CORE], ...read });
    if (JSON.stringify(again) !== JSON.stringify(read))
      throw new Error('The parsed body differs after parsing it again.');
  },
  patch(pick, dialect) {
    const { User, Group } = types.get(dialect)!;
    const operations = parsePatch(mutatedJson(pick, PATCHES), dialect);
    codeOf(() => groupChanges(Group, operations));
    codeOf(() => applyPatch(Group, admins, operations));
    applyPatch(User, alice, operations);
  },
};

type FuzzReport = Record<keyof typeof TARGETS, { read: number; refused: number }>;

/**
 * Feeds the parsers with random mutations of client input.
 * @param seed determines the inputs
 * @param continues called before each round, which is one input for each parser
 * @returns the number of accepted and refused inputs by parser
 * @throws Error that names the seed and the round, for any error other than a ScimError
 */
export function fuzz(seed: number, continues: (round: number) => boolean): FuzzReport {
  const report = {} as FuzzReport;
  for (const target of Object.keys(TARGETS) as (keyof typeof TARGETS)[]) report[target] = { read: 0, refused: 0 };
  for (let round = 0; continues(round); round++) {
    for (const [target, parse] of Object.entries(TARGETS) as [keyof typeof TARGETS, (typeof TARGETS)['filter']][]) {
      const pick = pickFrom(`${seed}/${round}/${target}`);
      try {
        report[target][codeOf(() => parse(pick, pick(DIALECTS))) === 'accepted' ? 'read' : 'refused']++;
      } catch (error) {
        throw new Error(`The parser failed: target ${target}, round ${round}, seed ${seed}.`, { cause: error });
      }
    }
  }
  return report;
}
