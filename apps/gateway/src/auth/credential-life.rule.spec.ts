import { InvalidFields } from '../http/invalid-fields.error.js';
import { DAY_MS } from '../config/durations.js';
import { endOf } from './credential-life.rule.js';

const NOW = Date.parse('2026-11-26T12:00:00Z');

it.each([
  [undefined, '2026-12-06T12:00:00.000Z'],
  [null, undefined],
  ['2026-11-26T12:00:01Z', '2026-11-26T12:00:01.000Z'],
  ['2036-11-23T12:00:00Z', '2036-11-23T12:00:00.000Z'],
])('a credential with a default lifetime of ten days and expiresAt %s expires at %s', (given, expected) =>
  expect(endOf(given, NOW, 10 * DAY_MS)?.toISOString()).toBe(expected),
);

it.each(['2026-11-26T12:00:00Z', '2020-01-01T00:00:00Z', '2036-11-24T12:00:00Z'])('%s is not a valid expiry', (given) =>
  expect(() => endOf(given, NOW, DAY_MS)).toThrow(InvalidFields),
);
