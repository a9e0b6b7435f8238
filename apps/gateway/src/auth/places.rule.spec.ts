import { limitReached } from './places.rule.js';

const PLACES = { total: 1_000, everywhere: 100, ofIntegration: 50, ofMaker: 20, reserved: 10 };
const NONE = { total: 0, ofIntegration: 0, ofMaker: 0 };

it.each([
  ['the last place of all integrations', { everywhere: 89, ofMaker: 19 }, false, undefined],
  ['a reserved one', { everywhere: 90 }, false, '90 for all integrations'],
  ['a reserved one, for an administrator of everything', { everywhere: 90 }, true, undefined],
  ['one more than all of them', { everywhere: 100 }, true, '100 for all integrations'],
  ['the last place of an integration', { ofIntegration: 39 }, false, undefined],
  ['a reserved one of an integration', { ofIntegration: 40 }, false, '40 for one integration'],
  ['the same, for an administrator of everything', { ofIntegration: 49, ofMaker: 90 }, true, undefined],
  ['one more than all of an integration', { ofIntegration: 50 }, true, '50 for one integration'],
  ['one more of one maker', { ofMaker: 20 }, false, '20 of one maker'],
  ['one more in all', { total: 990 }, false, '990 in all'],
] as const)('%s', (_what, taken, isRoot, expected) =>
  expect(limitReached(PLACES, { ...NONE, ...taken }, isRoot)).toBe(expected),
);
