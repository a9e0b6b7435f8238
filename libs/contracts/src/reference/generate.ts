import { Document, visit } from 'yaml';
import { asyncApiDocument } from './asyncapi.js';
import { eventTable, fieldTables } from './tables.js';

/** The generated parts of docs/events.md, by the name in their markers. */
const SECTIONS: Readonly<Record<string, () => string>> = { events: eventTable, fields: fieldTables };

/** Files of which all or parts are generated: path → function of the present text and Tidegate's version to the new text. */
export const GENERATED: Readonly<Record<string, (present: string, version: string) => string>> = {
  'docs/asyncapi.yaml': (_, version) =>
    `# Generated from libs/contracts by \`npm run docs\`.\n${yamlOf(asyncApiDocument(version))}`,
  'docs/events.md': (present) =>
    Object.entries(SECTIONS).reduce((text, [name, section]) => replaceSection(text, name, section()), present),
};

/** YAML as prettier formats it. */
function yamlOf(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.length > 100) node.type = 'BLOCK_FOLDED';
    },
  });
  return document.toString({ singleQuote: true, lineWidth: 120 });
}

/** @throws Error if the text does not have exactly one pair of markers of that name */
function replaceSection(text: string, name: string, section: string): string {
  const [start, end] = [`<!-- generated: ${name} -->`, '<!-- /generated -->'];
  const [before, rest, ...more] = text.split(start);
  const [old, ...after] = rest?.split(end) ?? [];
  if (old === undefined || after.length === 0 || more.length > 0)
    throw new Error(`The text must contain one section from ${start} to ${end}.`);
  return `${before}${start}\n\n${section}\n\n${end}${after.join(end)}`;
}
