import { createHash } from 'node:crypto';

/** Chooses one item at random; the sequence of choices is determined by the seed. */
export type Pick = <T>(choices: readonly T[]) => T;

/** @returns a `Pick` with this seed (mulberry32) */
export function pickFrom(seed: string): Pick {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return (choices) => choices[Math.floor(next() * choices.length)]!;
}

const PIECES = [
  ...[
    '(',
    ')',
    '[',
    ']',
    '"',
    '\\',
    '.',
    ':',
    ',',
    ' ',
    '\t',
    '\0',
    '$ref',
    '-',
    '_',
    '\u2028',
    '\ud800',
    'ß',
    '𝒳',
    'e\u0301',
  ],
  ...[
    ' eq ',
    ' ne ',
    ' co ',
    ' sw ',
    ' ew ',
    ' gt ',
    ' ge ',
    ' lt ',
    ' le ',
    ' pr',
    ' and ',
    ' or ',
    'not (',
    'NOT(',
    'null',
  ],
  ...[
    'true',
    'False',
    '"True"',
    '1',
    '-1.5e300',
    '1e999',
    '"\\u0000"',
    '"\\ud800"',
    '__proto__',
    'constructor',
    'urn:',
  ],
  ...[
    'userName',
    'emails',
    'emails[type eq "work"]',
    'value',
    'type',
    'primary',
    'members',
    'meta.created',
    'id',
    'password',
  ],
  ...[
    'urn:ietf:params:scim:schemas:core:2.0:User:',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
  ],
];
const LONG = [2, 25, 300, 5_000];
const STEPS = [0, 1, 1, 2, 3, 6] as const;

/** @returns one of the strings with a few random changes: parts inserted, removed, doubled, repeated, mixed. */
export function mutatedText(pick: Pick, texts: readonly string[]): string {
  let text = pick(texts);
  for (let step = pick(STEPS); step > 0; step--) {
    const [from, to] = [positionIn(pick, text), positionIn(pick, text)].sort((a, b) => a - b) as [number, number];
    const [head, middle, tail] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
    text = pick([
      () => head + pick(PIECES) + middle + tail,
      () => head + tail,
      () => head + pick(PIECES) + tail,
      () => head + middle + middle + tail,
      () => head + pick(PIECES).repeat(pick(LONG)) + middle + tail,
      () => head + pick(texts).slice(from) + tail,
      () => `${text} ${pick(['and', 'or'])} ${pick(texts)}`,
      () => tail + middle + head,
    ])();
  }
  return text.slice(0, 200_000);
}

function positionIn(pick: Pick, text: string): number {
  return Math.floor((pick(PARTS) / PARTS.length) * (text.length + 1));
}

const PARTS = Array.from({ length: 1024 }, (_, index) => index);
const NAMES = [
  ...[
    'active',
    'ACTIVE',
    'userName',
    'name',
    'name.givenName',
    'emails',
    'members',
    'displayName',
    '__proto__',
    'value',
  ],
  ...[
    'constructor',
    'id',
    'meta',
    'schemas',
    'type',
    'primary',
    'Operations',
    'op',
    'path',
    'emails[type eq "work"].value',
  ],
  'urn:ietf:params:scim:schemas:core:2.0:User',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  'urn:example:scim:1.0:Room',
];
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  'False',
  '',
  'x',
  0,
  -1,
  1.5,
  1e300,
  [],
  {},
  [[]],
  [null],
  'x'.repeat(9_000),
];

/** @returns one of the JSON values with a few random changes: other values, names, depths, duplicates. */
export function mutatedJson(pick: Pick, values: readonly unknown[]): unknown {
  let value: unknown = structuredClone(pick(values));
  for (let step = pick(STEPS); step > 0; step--) value = changed(pick, value, values);
  return value;
}

function changed(pick: Pick, value: unknown, values: readonly unknown[]): unknown {
  const isTree = typeof value === 'object' && value !== null;
  if (isTree && pick([true, true, true, false])) return changedInside(pick, value, values);
  return pick([
    () => pick(VALUES),
    () => (typeof value === 'string' ? mutatedText(pick, [value]) : pick(VALUES)),
    () => [value, value],
    () => ({ [pick(NAMES)]: value }),
    () => nested(pick, value),
    () => structuredClone(pick(values)),
    () => Array.from({ length: isTree ? 3 : pick([3, 1_001]) }, () => value),
  ])();
}

function changedInside(pick: Pick, value: object, values: readonly unknown[]): unknown {
  const entries: [string, unknown][] = Object.entries(value);
  const [chosen, inner] = entries.length > 0 ? pick(entries) : [pick(NAMES), null];
  const other = changed(pick, inner, values);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === chosen ? other : (item as unknown)));
  const name = pick([chosen, chosen, chosen.toUpperCase(), pick(NAMES)]);
  // Like JSON.parse, which creates "__proto__" as an ordinary member.
  const kept = entries.filter(([key]) => key !== chosen || pick([false, true]));
  return Object.defineProperties(
    {},
    Object.fromEntries(
      [...kept, [name, other] as const].map(([key, entry]) => [
        key,
        { value: entry, enumerable: true, configurable: true, writable: true },
      ]),
    ),
  );
}

function nested(pick: Pick, value: unknown): unknown {
  let result = value;
  for (let depth = pick([3, 19, 30, 2_000]); depth > 0; depth--)
    result = pick([true, false]) ? [result] : { x: result };
  return result;
}
