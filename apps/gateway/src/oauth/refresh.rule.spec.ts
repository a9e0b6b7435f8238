import { GRACE_MS, canRefresh } from './refresh.rule.js';

const NOW = new Date('2026-11-26T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

it.each([
  ['a token that was never used', null, false, false, true],
  ['a token used a moment ago', ago(1), false, false, true],
  ['a token used within the grace period', ago(GRACE_MS - 1), false, false, true],
  ['a token used before the grace period', ago(GRACE_MS), false, false, false],
  ['a token whose successor was used', ago(1), true, false, false],
  ['a token whose sibling was used', null, false, true, false],
  ['a token used a moment ago whose sibling was used', ago(1), false, true, false],
])('%s', (_case, consumedAt, successorUsed, siblingUsed, expected) =>
  expect(canRefresh({ consumedAt, successorUsed, siblingUsed }, NOW)).toBe(expected),
);
