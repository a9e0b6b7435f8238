import { limitReached, limitText } from './places.rule.js';

const PLACES = { total: 1_000, everywhere: 100, ofIntegration: 50, ofMaker: 20, reserved: 10 };
const NONE = { total: 0, ofIntegration: 0, ofMaker: 0 };

it.each([
  ['the last place of all integrations', { everywhere: 89, ofMaker: 19 }, false, undefined],
  ['a reserved one', { everywhere: 90 }, false, { most: 90, scope: 'for all integrations' }],
  ['a reserved one, for an administrator of everything', { everywhere: 90 }, true, undefined],
  ['one more than all of them', { everywhere: 100 }, true, { most: 100, scope: 'for all integrations' }],
  ['the last place of an integration', { ofIntegration: 39 }, false, undefined],
  ['a reserved one of an integration', { ofIntegration: 40 }, false, { most: 40, scope: 'for one integration' }],
  ['the same, for an administrator of everything', { ofIntegration: 49, ofMaker: 90 }, true, undefined],
  ['one more than all of an integration', { ofIntegration: 50 }, true, { most: 50, scope: 'for one integration' }],
  ['one more of one maker', { ofMaker: 20 }, false, { most: 20, scope: 'of one maker' }],
  ['one more in all', { total: 990 }, false, { most: 990, scope: 'in all' }],
] as const)('%s', (_what, taken, isRoot, expected) =>
  expect(limitReached(PLACES, { ...NONE, ...taken }, isRoot)).toEqual(expected),
);

it('a limit says how many there may be of what', () => {
  expect(limitText({ most: 40, scope: 'for one integration' }, 'API keys')).toBe(
    'There may be 40 API keys for one integration: delete one first.',
  );
});
