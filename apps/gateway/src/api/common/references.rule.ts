import {
  isId,
  type NameMatch,
  NAMES_AT_ONCE,
  type ReferenceMatches,
  type ResolveReferences,
} from '@tidegate/contracts';

type Kind = 'user' | 'group' | 'flow';

/** Ids and names of one kind of object, from one field of a call. */
export interface FieldReferences {
  kind: Kind;
  values: readonly string[];
}

/** By the path of the field. */
export type ReferencesByField<F extends string> = Readonly<Record<F, FieldReferences>>;

/** The object that a value names. The integration of an object that was given by id is unknown. */
export interface Reference {
  id: string;
  integrationId?: string;
}

type Words = Record<'one' | 'has' | 'several', string>;

/** How each kind is looked up, and the parts of the messages about it. */
const KINDS = {
  user: { names: 'userNames', matches: 'users', one: 'user', has: 'userName', several: 'users' },
  group: { names: 'groupNames', matches: 'groups', one: 'synced group', has: 'name', several: 'groups' },
  flow: { names: 'flowNames', matches: 'flows', one: 'access flow', has: 'name', several: 'access flows' },
} as const satisfies Record<Kind, { names: keyof ResolveReferences; matches: keyof ReferenceMatches } & Words>;

/** @returns the values of a field, which can be absent or have one value */
export function references(kind: Kind, values: string | readonly string[] | undefined): FieldReferences {
  return { kind, values: values === undefined ? [] : typeof values === 'string' ? [values] : values };
}

/** @returns the names among the values, by kind and each once, in lists that fit into one command; none if all values are ids */
export function namesIn(fields: ReferencesByField<string>): ResolveReferences[] {
  const lists: ResolveReferences[] = [];
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const values = Object.values(fields).flatMap((field) => (field.kind === kind ? field.values : []));
    const names = [...new Set(values.filter((value) => !isId(value)))];
    for (let start = 0; start < names.length; start += NAMES_AT_ONCE) {
      const list = (lists[start / NAMES_AT_ONCE] ??= {});
      list[KINDS[kind].names] = names.slice(start, start + NAMES_AT_ONCE);
    }
  }
  return lists;
}

/**
 * @param matches of `namesIn(fields)`
 * @param inOne whether the names were looked up in one integration
 * @returns the objects that the values name, in their order; and a message for each field with an unknown or ambiguous name,
 *   or with two values for the same object
 */
export function resolved<F extends string>(
  fields: ReferencesByField<F>,
  matches: ReferenceMatches,
  inOne: boolean,
): { objects: Record<F, Reference[]>; faults: Partial<Record<F, string>> } {
  const objects = {} as Record<F, Reference[]>;
  const faults: Partial<Record<F, string>> = {};
  for (const [field, { kind, values }] of Object.entries(fields) as [F, FieldReferences][]) {
    const found = values.map((value) => oneOf(kind, value, matches, inOne));
    const fault = found.find((each) => typeof each === 'string');
    objects[field] = found.filter((each) => typeof each !== 'string');
    const isTwice = new Set(objects[field].map(({ id }) => id)).size < objects[field].length;
    if (fault ?? isTwice) faults[field] = fault ?? 'must not name the same object twice';
  }
  return { objects, faults };
}

/** @returns the object, or why the value names none */
function oneOf(kind: Kind, value: string, matches: ReferenceMatches, inOne: boolean): Reference | string {
  if (isId(value)) return { id: value };
  const words = KINDS[kind];
  const [match, other]: NameMatch[] = matches[words.matches].filter(({ name }) => name === value);
  if (other) return `Several ${words.several} have this ${words.has}: give the id.`;
  if (match) return { id: match.id, integrationId: match.integrationId };
  return `No ${words.one}${inOne ? ' of this integration' : ''} has the ${words.has} ${JSON.stringify(value)}.`;
}
