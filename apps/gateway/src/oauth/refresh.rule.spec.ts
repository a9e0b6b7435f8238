import { GRACE_MS, mayRefresh } from './refresh.rule.js';

const NOW = new Date('2026-11-26T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

it.each([
  ['one that was never used', null, false, false, true],
  ['one whose answer was lost a moment ago', ago(1), false, false, true],
  ['one whose answer was lost just within the window', ago(GRACE_MS - 1), false, false, true],
  ['one that was used longer ago', ago(GRACE_MS), false, false, false],
  ['one whose successor arrived', ago(1), true, false, false],
  ['one whose sibling is the one that arrived', null, false, true, false],
  ['one whose sibling arrived, though it was used just now', ago(1), false, true, false],
])('%s', (_case, consumedAt, successorUsed, siblingUsed, expected) =>
  expect(mayRefresh({ consumedAt, successorUsed, siblingUsed }, NOW)).toBe(expected),
);
