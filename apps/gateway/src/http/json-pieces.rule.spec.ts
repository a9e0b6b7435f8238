import { atOnce } from '@tidegate/scim';
import { JsonPieces } from './json-pieces.rule.js';

/** Parses text without brackets and commas in its strings. */
function parse(text: string): unknown {
  const pieces = new JsonPieces(text);
  for (const { 0: character, index } of text.matchAll(/[[\]{},]/g)) {
    if (character === ',') pieces.comma(index);
    else if ('[{'.includes(character)) pieces.open(index);
    else pieces.close(index);
  }
  return atOnce(pieces.parsed());
}

const list = Array.from({ length: 20_000 }, (_, i) => ({ value: `member ${i}` }));

it.each<[string, unknown]>([
  ['a short text', { a: [1, { b: null }] }],
  ['a long list', list],
  ['a long list in an object', { before: 1, members: list, after: [] }],
  ['lists in lists', [list, [list, {}], 'x']],
])('parses %s as JSON.parse does', (_, value) => {
  expect(parse(JSON.stringify(value))).toEqual(value);
});

const many = JSON.stringify(list).slice(1, -1);

it.each([
  ['a comma at the end', `[${many},]`],
  ['two commas', `[${many},,${many}]`],
  ['the wrong bracket', `[${many}}`],
  ['no bracket at the end', `[${many}`],
  ['an extra bracket', `[${many}]]`],
])('refuses %s', (_, text) => expect(() => parse(text)).toThrow(SyntaxError));
