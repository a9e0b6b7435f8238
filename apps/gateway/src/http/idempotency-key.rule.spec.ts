import { idempotencyKeyOf } from './idempotency-key.rule.js';
import { InvalidFields } from './invalid-fields.error.js';

const LONGEST = 'k'.repeat(200);

it.each([
  [undefined, undefined],
  ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
  ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
  [' "a key, with spaces" ', 'a key, with spaces'],
  [String.raw`"a \"quoted\" \\ key"`, String.raw`a "quoted" \ key`],
  [`"${LONGEST}"`, LONGEST],
  [LONGEST, LONGEST],
])('the key of %j', (header, key) => expect(idempotencyKeyOf(header)).toBe(key));

it.each([
  ['', 'empty'],
  ['""', 'an empty string'],
  ['one, two', 'two headers'],
  ['"one", "two"', 'two strings'],
  ['"one', 'a missing quotation mark'],
  ['o"ne"', 'a quotation mark inside'],
  [String.raw`"a\n"`, 'an unknown escape'],
  ['"ä"', 'other than ASCII'],
  [`"${LONGEST}k"`, 'too long'],
])('%j is refused: %s', (header) => expect(() => idempotencyKeyOf(header)).toThrow(InvalidFields));
