import { limitReached } from './places.rule.js';

const PLACES = { everywhere: 100, ofIntegration: 50, ofMaker: 20, reserved: 10 };

it.each([
  ['the last place', { everywhere: 89, ofIntegration: 0, ofMaker: 19 }, false, undefined],
  ['a reserved place of all', { everywhere: 90, ofIntegration: 0 }, false, '90 for all integrations'],
  [
    'a reserved place of all, for an administrator of everything',
    { everywhere: 90, ofIntegration: 0 },
    true,
    undefined,
  ],
  ['one more than all places', { everywhere: 100, ofIntegration: 0 }, true, '100 for all integrations'],
  ['a place of an integration while those of all are taken', { ofIntegration: 39 }, false, undefined],
  ['a reserved place of an integration', { ofIntegration: 40 }, false, '40 for one integration'],
  ['the same, for an administrator of everything', { ofIntegration: 49, ofMaker: 90 }, true, undefined],
  ['one more than all places of an integration', { ofIntegration: 50 }, true, '50 for one integration'],
  ['one more of one maker', { ofIntegration: 0, ofMaker: 20 }, false, '20 of one maker'],
] as const)('%s', (_what, taken, isRoot, expected) => expect(limitReached(PLACES, taken, isRoot)).toBe(expected));
