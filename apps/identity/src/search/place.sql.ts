import { isId } from '@tidegate/contracts';
import { type Attribute, type ResolvedAttribute, ScimError } from '@tidegate/scim';
import { COLUMNS, type Value } from './columns.sql.js';
import { emailKey } from './email-keys.rule.js';
import { type Relation, RELATIONS } from './relations.sql.js';
import { type Statement } from './statement.sql.js';

/** Information about a condition on the values of an attribute, used to choose a faster query. */
export interface Hint {
  /** The comparison key that `value` must have to match, if there is only one. */
  value?: string;
  /** False below a negation, where most rows can match. */
  wanted: boolean;
}

/** Access to the values of an attribute: none, one or several. */
export interface Place {
  attribute: Attribute;
  /** SQL that is true if one of the values matches the condition. Call it at most once. */
  some: (condition: (value: Value) => string, hint: Hint) => string;
  /** SQL for the single value, or of several values the primary or else the first; null without a value. */
  first: (read: (value: Value) => string) => string;
}

/**
 * Access to an attribute.
 * @throws ScimError invalidFilter for `meta.version`, which is not stored
 */
export function placeOf(statement: Statement, resolved: ResolvedAttribute): Place {
  const { attribute, sub } = resolved;
  const root = rootOf(statement, resolved);
  return sub ? partOf(statement, { ...root, attribute }, sub) : root;
}

/** Access to a sub-attribute of all values. */
export function partOf(statement: Statement, { some, first }: Place, sub: Attribute): Place {
  return {
    attribute: sub,
    first: (read) => first((value) => insideOf(statement, value, sub).first(read)),
    some: (condition, hint) =>
      some((value) => insideOf(statement, value, sub).some(condition, { wanted: hint.wanted }), hint),
  };
}

/** Access to a sub-attribute of one value. */
export function insideOf(statement: Statement, value: Value, sub: Attribute): Place {
  if (value.kind === 'parts') return one(sub, value.part(sub.name));
  if (value.kind !== 'json') throw new Error(`A value has no sub-attribute "${sub.name}" (this is a bug)`);
  return inDocument(statement, sub, value.document, [...value.path, sub.name]);
}

function rootOf(statement: Statement, { extension, attribute }: ResolvedAttribute): Place {
  const { name } = attribute;
  if (extension) return inDocument(statement, attribute, 'r.keys', [extension.id, name]);
  const column = COLUMNS[statement.type.name][name];
  if (column) return one(attribute, column(statement));
  if (name === 'meta') return one(attribute, meta(statement));
  if (name === 'schemas') return schemas(statement, attribute);
  const relation = RELATIONS[statement.type.name][name];
  if (relation) return related(statement, attribute, relation);
  const place = inDocument(statement, attribute, 'r.keys', [name]);
  if (name !== 'emails') return place;
  return { ...place, some: (condition, hint) => withEmailLookup(statement, place.some(condition, hint), hint) };
}

const one = (attribute: Attribute, value: Value): Place => ({
  attribute,
  some: (condition) => condition(value),
  first: (read) => read(value),
});

function inDocument(statement: Statement, attribute: Attribute, document: string, path: readonly string[]): Place {
  if (!attribute.multiValued) return one(attribute, { kind: 'json', document, path });
  const element = (row: string): Value => ({ kind: 'json', document: `${row}.value`, path: [] });
  return {
    attribute,
    some: (condition) => {
      const row = statement.alias();
      const elements = elementsOf(statement, document, path);
      return `EXISTS (SELECT 1 FROM ${elements} AS ${row} (value) WHERE ${condition(element(row))})`;
    },
    first: (read) => {
      const row = statement.alias();
      const elements = `${elementsOf(statement, document, path)} WITH ORDINALITY AS ${row} (value, n)`;
      const order = `coalesce(${row}.value -> 'primary' = 'true', false) DESC, ${row}.n`;
      return `(SELECT ${read(element(row))} FROM ${elements} ORDER BY ${order} LIMIT 1)`;
    },
  };
}

/** SQL for a table of the values of the array at a path of a document; empty without an array. */
function elementsOf({ bind }: Statement, document: string, path: readonly string[]): string {
  const found = `${document} #> ${bind(path, 'text[]')}`;
  return `jsonb_array_elements(CASE jsonb_typeof(${found}) WHEN 'array' THEN ${found} END)`;
}

/** `schemas` of a resource: the core schema first, then the extensions that have values (`renderResource`). */
function schemas({ type, bind, alias }: Statement, attribute: Attribute): Place {
  const core = type.schema.id;
  return {
    attribute,
    some: (condition) => {
      const row = alias();
      const urns = bind([core, ...type.extensions.map(({ id }) => id)], 'text[]');
      const urn: Value = { kind: 'text', sql: `${row}.urn` };
      return `EXISTS (SELECT 1 FROM unnest(${urns}) WITH ORDINALITY AS ${row} (urn, n)
        WHERE (${row}.n = 1 OR r.keys ? ${row}.urn) AND (${condition(urn)}))`;
    },
    first: (read) => read({ kind: 'text', sql: bind(core, 'text') }),
  };
}

function meta(statement: Statement): Value {
  return {
    kind: 'parts',
    part: (name) => {
      const column = COLUMNS[statement.type.name][`meta.${name}`];
      if (column) return column(statement);
      throw new ScimError(
        'invalidFilter',
        `"meta.${name}" is computed for each response and cannot be used in a filter.`,
      );
    },
  };
}

function related(statement: Statement, attribute: Attribute, { values, ofRow, item }: Relation): Place {
  return {
    attribute,
    some: (condition, { value, wanted }) => {
      const row = statement.alias();
      const isOne = isId(value);
      const rows = values(isOne ? statement.bind(value, 'uuid') : undefined);
      const owners = `SELECT ${row}.owner FROM (${rows}) AS ${row} WHERE ${condition(item(statement, row))}`;
      // `= ANY (ARRAY(…))` uses the index regardless of the estimated number of rows. `IN` can be negated efficiently.
      return isOne && wanted ? `r.id = ANY (ARRAY(${owners}))` : `r.id IN (${owners})`;
    },
    first: (read) => {
      const row = statement.alias();
      return `(SELECT ${read(item(statement, row))} FROM (${ofRow}) AS ${row} ORDER BY ${row}.id LIMIT 1)`;
    },
  };
}

/** Adds a lookup in the table of e-mail keys. The condition on the full value remains, because keys are truncated. */
function withEmailLookup({ bind }: Statement, condition: string, { value, wanted }: Hint): string {
  if (value === undefined || !wanted) return condition;
  const key = bind(emailKey(value), 'text');
  return `(r.id = ANY (ARRAY(SELECT user_id FROM identity.user_emails WHERE integration_id = $1 AND value_key = ${key}))
    AND ${condition})`;
}
