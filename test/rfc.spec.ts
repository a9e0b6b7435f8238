import { join } from 'node:path';
import { startInProcess } from './in-process.js';
import { newTenant, send } from './http.js';
import { type Example, filesOf, GIVEN, playExample } from './scim-exchange.js';
import { type Tidegate } from './system.js';

/** The definition of an attribute in a schema (RFC 7643 §7). */
interface Characteristics {
  name: string;
  subAttributes?: Characteristics[];
  [characteristic: string]: unknown;
}

/** A schema from an RFC, and the differences of Tidegate's schema. */
interface SchemaDocument {
  description: string;
  source: string;
  document: { id: string; name: string; attributes: Characteristics[] };
  differences: { attribute: string; ours: Record<string, unknown>; decision: string }[];
}

const FOLDER = join(__dirname, 'rfc');
const EXAMPLES = filesOf<Example>(FOLDER);

describe('the examples of RFC 7643, RFC 7644 and RFC 9865', () => {
  let tidegate: Tidegate;
  beforeAll(async () => (tidegate = await startInProcess()));
  afterAll(() => tidegate?.stop());

  it.each(EXAMPLES)('%s', (_, example) => playExample(tidegate, example));

  it.each(EXAMPLES)('%s is named by its section', (name, { source }) => {
    const [, number, section] = /^rfc(\d+)-([\d.]+)-/.exec(name) ?? [];
    expect(source).toMatch(new RegExp(`^RFC ${number} §${section}(?![\\d.])`));
  });

  it.each(filesOf<SchemaDocument>(join(FOLDER, 'schemas')))('schemas/%s', async (_, { document, differences }) => {
    const { scimBaseUrl, token } = await newTenant(tidegate);
    const answer = await send('GET', `${scimBaseUrl}/Schemas/${document.id}`, { authorization: `Bearer ${token}` });
    const { attributes, ...ours } = answer.body as SchemaDocument['document'];
    expect(ours).toMatchObject({ id: document.id, name: document.name });
    const expected = byPath(document.attributes);
    for (const { attribute, ours: other } of differences) {
      expect(expected[attribute]).not.toMatchObject(other); // a listed difference must be one
      Object.assign(expected[attribute]!, other);
    }
    expect(byPath(attributes)).toMatchObject(expected);
  });

  it('every given resource is used by an example', () => {
    const needed = new Set(EXAMPLES.flatMap(([, { given = [] }]) => given));
    expect([...GIVEN.keys()].filter((name) => !needed.has(name))).toEqual([]);
  });
});

/** The characteristics of attributes and sub-attributes, by `attribute` and `attribute.sub`. */
function byPath(attributes: readonly Characteristics[], above = ''): Record<string, Record<string, unknown>> {
  const entries = attributes.flatMap(({ name, subAttributes = [], ...own }) => {
    return [[above + name, own] as const, ...Object.entries(byPath(subAttributes, `${above}${name}.`))];
  });
  return Object.fromEntries(entries);
}
