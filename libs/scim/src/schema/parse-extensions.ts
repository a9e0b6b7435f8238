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
/** They travel with every command about the integration. */
const MAX_BYTES = 65_536;

/** RFC 8141 §2, without what ends a word in a path; the last part is a name, so that a PATCH can have all of it as path. */
const URN = /^urn:[a-z\d][a-z\d-]{0,30}[a-z\d]:(?:[\w.+,=@;$!*'%/~&-]+:)*[a-z][\w-]*$/i;
const MAX_URN = 255;
const RESERVED = 'urn:ietf:params:scim:';
/** Microsoft has custom extensions live here (https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes). */
const OPEN = 'urn:ietf:params:scim:schemas:extension:';
const TAKEN = 'urn:ietf:params:scim:schemas:extension:enterprise:';

type Extensions = ScimProfile['extensions'];

/**
 * Reads the schema extensions that an administrator defines: `{ User?: Schema[], Group?: Schema[] }`, each as RFC 7643
 * §7 writes a schema. What is left out gets the defaults of RFC 7643 §2.2; members that a schema does not have are
 * ignored, so that what `/Schemas` showed can be given back. What was read reads as itself.
 * @throws ScimError invalidValue naming the place, such as `User[0].attributes[2].name`; invalidSyntax for JSON that is
 *   nested too deep
 */
export function parseExtensions(given: unknown): Extensions {
  if (given === undefined || given === null) return { User: [], Group: [] };
  if (!isObject(given)) throw invalid('extensions', 'must be an object with "User" and "Group"');
  checkJson(given);
  const stranger = Object.keys(given).find((name) => name !== 'User' && name !== 'Group');
  if (stranger !== undefined) throw invalid('extensions', 'may extend "User" and "Group" only');
  const extensions = { User: schemasOf('User', given['User']), Group: schemasOf('Group', given['Group']) };
  if (isLongerThan(JSON.stringify(extensions), MAX_BYTES))
    throw invalid('extensions', `take more than ${MAX_BYTES} bytes`);
  if (extensions.Group.some(({ attributes }) => attributes.some(({ usableInRules }) => usableInRules)))
    throw invalid('Group', 'cannot have usableInRules: access rules use attributes of users only');
  if (ruleAttributes(extensions).length > MAX_RULE_ATTRIBUTES)
    throw invalid('User', `may have ${MAX_RULE_ATTRIBUTES} attributes with usableInRules at most`);
  return extensions;
}

/** @returns canonical names of the extension attributes that access rules may use, such as `urn:example:1.0:User:badge` */
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
      throw invalid(`${type}[${index}].id`, 'is taken by another schema');
    }
    taken.push(schema);
    return schema;
  });
}

/** The same id, or one that reads as an attribute of the other: a path could not tell them apart. */
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
  if (!URN.test(id)) throw invalid(where, 'must be a URN that ends in a name, such as "urn:example:scim:1.0:User"');
  const folded = id.toLowerCase();
  if (folded.startsWith(RESERVED) && (!folded.startsWith(OPEN) || folded.startsWith(TAKEN))) {
    throw invalid(where, 'belongs to the schemas of the IETF');
  }
  return id;
}

/** One attribute at least, no name twice without regard to case (RFC 7643 §2.1). */
function attributesOf(given: unknown, where: string, inside: boolean): Attribute[] {
  const items = listOf(given, where, inside ? MAX_SUB_ATTRIBUTES : MAX_ATTRIBUTES);
  if (items.length === 0) throw invalid(where, 'must hold one attribute at least');
  const seen = new Set<string>();
  return items.map((item, index) => {
    const place = `${where}[${index}]`;
    const attribute = parseAttribute(item, place, inside);
    const name = attribute.name.toLowerCase();
    if (seen.has(name)) throw invalid(`${place}.name`, 'is given twice');
    seen.add(name);
    if (attribute.type !== 'complex') return attribute;
    const subAttributes = memberOf(item as Record<string, unknown>, 'subAttributes');
    return { ...attribute, subAttributes: attributesOf(subAttributes, `${place}.subAttributes`, true) };
  });
}

function listOf(given: unknown, where: string, limit: number): unknown[] {
  const items = given ?? [];
  if (!Array.isArray(items)) throw invalid(where, 'must be an array');
  if (items.length > limit) throw invalid(where, `may hold ${limit} at most`);
  return items;
}
