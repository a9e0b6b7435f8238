import { isTooSlow } from './drain.rule.js';

test.each([
  ['reads nothing', { taken: 10, waiting: 500 }, { taken: 10, waiting: 500 }, true],
  ['reads too little', { taken: 10, waiting: 500 }, { taken: 109, waiting: 401 }, true],
  ['reads enough', { taken: 10, waiting: 500 }, { taken: 110, waiting: 400 }, false],
  ['has nothing left to read', { taken: 10, waiting: 5 }, { taken: 15, waiting: 0 }, false],
  ['had nothing to read before', { taken: 10, waiting: 0 }, { taken: 10, waiting: 500 }, false],
] as const)('a reader that %s', (_name, before, now, tooSlow) => {
  expect(isTooSlow(before, now, 100)).toBe(tooSlow);
});
