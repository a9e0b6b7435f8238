import { isId } from '@tidegate/contracts';
import { type Attribute, type ResolvedAttribute, ScimError } from '@tidegate/scim';
import { COLUMNS, type Value } from './columns.js';
import { emailKey } from './email-keys.rule.js';
import { type Relation, RELATIONS } from './relations.js';
import { type Statement } from './statement.js';

/** What is known of a condition on the values of an attribute, by which they may be found faster. */
export interface Hint {
  /** What the `value` of a value must be to meet it, in the form in which it is compared. */
  value?: string;
  /** Whether the search is for what meets it; else it stands under a negation, and much may. */
  wanted: boolean;
}

/** Where the values of an attribute are, none or one or many. */
export interface Place {
  attribute: Attribute;
  /** SQL that is true when one of the values meets the condition; it is asked for once. */
  some: (condition: (value: Value) => string, hint: Hint) => string;
}

/**
 * Where a search finds an attribute.
 * @throws ScimError invalidFilter for `meta.version`, which is made with the answer and kept nowhere
 */
export function placeOf(statement: Statement, resolved: ResolvedAttribute): Place {
  const { attribute, sub } = resolved;
  const root = rootOf(statement, resolved);
  return sub ? partOf(statement, { ...root, attribute }, sub) : root;
}

/** Where a sub-attribute of the values is. */
export function partOf(statement: Statement, { some }: Place, sub: Attribute): Place {
  return {
    attribute: sub,
    some: (condition, hint) =>
      some((value) => insideOf(statement, value, sub).some(condition, { wanted: hint.wanted }), hint),
  };
}

/** Where a sub-attribute of one value is. */
export function insideOf(statement: Statement, value: Value, sub: Attribute): Place {
  if (value.kind === 'parts') return one(sub, value.part(sub.name));
  if (value.kind !== 'json') throw new Error(`A value has no part "${sub.name}" (this is a bug)`);
  return inDocument(statement, sub, value.document, [...value.path, sub.name]);
}

function rootOf(statement: Statement, { extension, attribute }: ResolvedAttribute): Place {
  const { name } = attribute;
  if (extension) return inDocument(statement, attribute, 'r.keys', [extension.id, name]);
  const column = COLUMNS[statement.type.name][name];
  if (column) return one(attribute, column(statement));
  if (name === 'meta') return one(attribute, meta(statement));
  if (name === 'schemas') return { attribute, some: (condition) => someSchema(statement, condition) };
  const relation = RELATIONS[statement.type.name][name];
  if (relation) return { attribute, some: (condition, hint) => related(statement, relation, condition, hint) };
  const place = inDocument(statement, attribute, 'r.keys', [name]);
  if (name !== 'emails') return place;
  return { attribute, some: (condition, hint) => lookedUp(statement, place.some(condition, hint), hint) };
}

const one = (attribute: Attribute, value: Value): Place => ({ attribute, some: (condition) => condition(value) });

function inDocument(statement: Statement, attribute: Attribute, document: string, path: readonly string[]): Place {
  if (!attribute.multiValued) return one(attribute, { kind: 'json', document, path });
  return {
    attribute,
    some: (condition) => {
      const row = statement.alias();
      const values = elementsOf(statement, document, path);
      return `EXISTS (SELECT 1 FROM ${values} AS ${row} (value) WHERE ${condition({ kind: 'json', document: `${row}.value`, path: [] })})`;
    },
  };
}

/** SQL of a table of the values at a path of a document: none where there is no array. */
export function elementsOf({ bind }: Statement, document: string, path: readonly string[]): string {
  const found = `${document} #> ${bind(path, 'text[]')}`;
  return `jsonb_array_elements(CASE jsonb_typeof(${found}) WHEN 'array' THEN ${found} END)`;
}

/** A resource names its core schema and the extensions that it has values of (`renderResource`). */
export function schemasOf({ type, bind }: Statement): string {
  const extensions = bind(
    type.extensions.map(({ id }) => id),
    'text[]',
  );
  return `SELECT urn FROM unnest(${bind(type.schema.id, 'text')} || ${extensions}) WITH ORDINALITY AS u (urn, n)
    WHERE n = 1 OR r.keys ? urn`;
}

function someSchema(statement: Statement, condition: (value: Value) => string): string {
  const row = statement.alias();
  return `EXISTS (SELECT 1 FROM (${schemasOf(statement)}) AS ${row} WHERE ${condition({ kind: 'text', sql: `${row}.urn` })})`;
}

function meta(statement: Statement): Value {
  return {
    kind: 'parts',
    part: (name) => {
      const column = COLUMNS[statement.type.name][`meta.${name}`];
      if (column) return column(statement);
      throw new ScimError('invalidFilter', `"meta.${name}" is made with the answer, so nothing can be found by it.`);
    },
  };
}

/** An array of ids is looked up in the index whatever the planner believes of its length; a set can be denied. */
function related(
  statement: Statement,
  { values, item }: Relation,
  condition: (value: Value) => string,
  { value, wanted }: Hint,
): string {
  const row = statement.alias();
  const isOne = isId(value);
  const rows = values(isOne ? statement.bind(value, 'uuid') : undefined);
  const owners = `SELECT ${row}.owner FROM (${rows}) AS ${row} WHERE ${condition(item(statement, row))}`;
  return isOne && wanted ? `r.id = ANY (ARRAY(${owners}))` : `r.id IN (${owners})`;
}

/** E-mail addresses have a table of what their values begin with; the condition on the whole stays. */
function lookedUp({ bind }: Statement, condition: string, { value, wanted }: Hint): string {
  if (value === undefined || !wanted) return condition;
  const key = bind(emailKey(value), 'text');
  return `(r.id = ANY (ARRAY(SELECT user_id FROM identity.user_emails WHERE integration_id = $1 AND value_key = ${key}))
    AND ${condition})`;
}
