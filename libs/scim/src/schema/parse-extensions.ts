import { checkJson, isObject, memberOf } from '../json.js';
import { isLongerThan } from '../storable.js';
import { invalid } from '../values.js';
import { type Attribute, findAttribute, type Schema } from './attribute.js';
import { parseAttribute, textOf } from './parse-attribute.js';
import { DEFAULT_PROFILE, resourceTypes, type ScimProfile } from './profile.js';

const MAX_SCHEMAS = 10;
const MAX_ATTRIBUTES = 100;
const MAX_SUB_ATTRIBUTES = 50;
const MAX_RULE_ATTRIBUTES = 50;
/** Every command about the integration contains the extensions. */
const MAX_BYTES = 65_536;

/** RFC 8141 §2, without characters that end a word in a path. The last part is a name, so that a PATCH path can be the URN. */
const URN = /^urn:[a-z\d][a-z\d-]{0,30}[a-z\d]:(?:[\w.+,=@;$!*'%/~&-]+:)*[a-z][\w-]*$/i;
const MAX_URN = 255;
const RESERVED = 'urn:ietf:params:scim:';
/** The prefix of custom extensions at Microsoft (https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes). */
const OPEN = 'urn:ietf:params:scim:schemas:extension:';
const TAKEN = 'urn:ietf:params:scim:schemas:extension:enterprise:';

type Extensions = ScimProfile['extensions'];

/**
 * Reads the schema extensions that an administrator defines: `{ User?: Schema[], Group?: Schema[] }`, with schemas as in
 * RFC 7643 §7. Missing characteristics get the defaults of RFC 7643 §2.2; unknown members are ignored, so that the output
 * of `/Schemas` is valid input. Reading the result again gives the same result.
 * @throws ScimError invalidValue naming the path, such as `User[0].attributes[2].name`; invalidSyntax for JSON that is
 *   nested too deep
 */
export function parseExtensions(given: unknown): Extensions {
  if (given === undefined || given === null) return { User: [], Group: [] };
  if (!isObject(given)) throw invalid('extensions', 'must be an object with "User" and "Group"');
  checkJson(given);
  const unknown = Object.keys(given).find((name) => name !== 'User' && name !== 'Group');
  if (unknown !== undefined) throw invalid('extensions', 'can only extend "User" and "Group"');
  const extensions = { User: schemasOf('User', given['User']), Group: schemasOf('Group', given['Group']) };
  if (isLongerThan(JSON.stringify(extensions), MAX_BYTES))
    throw invalid('extensions', `can have at most ${MAX_BYTES} bytes of JSON`);
  if (extensions.Group.some(({ attributes }) => attributes.some(({ usableInRules }) => usableInRules)))
    throw invalid('Group', 'cannot have usableInRules: access rules use attributes of users only');
  if (ruleAttributes(extensions).length > MAX_RULE_ATTRIBUTES)
    throw invalid('User', `can have at most ${MAX_RULE_ATTRIBUTES} attributes with usableInRules`);
  return extensions;
}

/** @returns canonical names of the extension attributes that access rules can use, such as `urn:example:1.0:User:badge` */
export function ruleAttributes({ User }: Extensions): string[] {
  return User.flatMap(({ id, attributes }) =>
    attributes.filter(({ usableInRules }) => usableInRules).map(({ name }) => `${id}:${name}`),
  );
}

function schemasOf(type: 'User' | 'Group', given: unknown): Schema[] {
  const taken: Schema[] = [resourceTypes(DEFAULT_PROFILE)[type]].flatMap(({ schema, extensions }) => [
    schema,
    ...extensions,
  ]);
  return listOf(given, type, MAX_SCHEMAS).map((item, index) => {
    const schema = parseSchema(item, `${type}[${index}]`);
    if (taken.some((other) => clash(schema, other) || clash(other, schema))) {
      throw invalid(`${type}[${index}].id`, 'conflicts with the id of another schema');
    }
    taken.push(schema);
    return schema;
  });
}

/** Whether the ids are equal, or one reads as an attribute of the other, so that a path would be ambiguous. */
function clash({ id }: Schema, other: Schema): boolean {
  const [a, b] = [id.toLowerCase(), other.id.toLowerCase()];
  return a === b || (a.startsWith(`${b}:`) && findAttribute(other.attributes, a.slice(b.length + 1)) !== undefined);
}

function parseSchema(given: unknown, where: string): Schema {
  if (!isObject(given)) throw invalid(where, 'must be an object');
  const id = urnOf(memberOf(given, 'id'), `${where}.id`);
  const name = memberOf(given, 'name') ?? id.slice(id.lastIndexOf(':') + 1);
  return {
    id,
    name: textOf(name, `${where}.name`, 100),
    description: textOf(memberOf(given, 'description') ?? '', `${where}.description`),
    attributes: attributesOf(memberOf(given, 'attributes'), `${where}.attributes`, false),
  };
}

function urnOf(given: unknown, where: string): string {
  const id = textOf(given, where, MAX_URN);
  if (!URN.test(id)) throw invalid(where, 'must be a URN that ends with a name, such as "urn:example:scim:1.0:User"');
  const folded = id.toLowerCase();
  if (folded.startsWith(RESERVED) && (!folded.startsWith(OPEN) || folded.startsWith(TAKEN))) {
    throw invalid(where, 'is reserved by the IETF. Use another URN, such as "urn:example:scim:1.0:User"');
  }
  return id;
}

/** Reads at least one attribute. Names must be unique, not case-sensitive (RFC 7643 §2.1). */
function attributesOf(given: unknown, where: string, inside: boolean): Attribute[] {
  const items = listOf(given, where, inside ? MAX_SUB_ATTRIBUTES : MAX_ATTRIBUTES);
  if (items.length === 0) throw invalid(where, 'must contain at least one attribute');
  const seen = new Set<string>();
  return items.map((item, index) => {
    const itemPath = `${where}[${index}]`;
    const attribute = parseAttribute(item, itemPath, inside);
    const name = attribute.name.toLowerCase();
    if (seen.has(name)) throw invalid(`${itemPath}.name`, 'is already used by another attribute');
    seen.add(name);
    if (attribute.type !== 'complex') return attribute;
    const subAttributes = memberOf(item as Record<string, unknown>, 'subAttributes');
    return { ...attribute, subAttributes: attributesOf(subAttributes, `${itemPath}.subAttributes`, true) };
  });
}

function listOf(given: unknown, where: string, limit: number): unknown[] {
  const items = given ?? [];
  if (!Array.isArray(items)) throw invalid(where, 'must be an array');
  if (items.length > limit) throw invalid(where, `can have at most ${limit} items`);
  return items;
}
