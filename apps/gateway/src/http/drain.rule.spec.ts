import { isTooSlow } from './drain.rule.js';

test.each([
  ['reads nothing', { sent: 10, pending: 500 }, { sent: 10, pending: 500 }, true],
  ['reads too little', { sent: 10, pending: 500 }, { sent: 109, pending: 401 }, true],
  ['reads enough', { sent: 10, pending: 500 }, { sent: 110, pending: 400 }, false],
  ['has nothing left to read', { sent: 10, pending: 5 }, { sent: 15, pending: 0 }, false],
  ['had nothing to read before', { sent: 10, pending: 0 }, { sent: 10, pending: 500 }, false],
] as const)('a reader that %s', (_name, before, now, tooSlow) => {
  expect(isTooSlow(before, now, 100)).toBe(tooSlow);
});
