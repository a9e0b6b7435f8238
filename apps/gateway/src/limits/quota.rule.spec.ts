import { limitReached, limitMessage } from './quota.rule.js';

const QUOTA = { total: 1_000, allIntegrations: 100, perIntegration: 50, perCreator: 20, reserved: 10 };
const NONE = { total: 0, perIntegration: 0, perCreator: 0 };

it.each([
  ['the last one for all integrations', { allIntegrations: 89, perCreator: 19 }, false, undefined],
  ['a reserved one for all integrations', { allIntegrations: 90 }, false, { max: 90, scope: 'for all integrations' }],
  ['a reserved one, by an administrator of all integrations', { allIntegrations: 90 }, true, undefined],
  [
    'beyond the limit for all integrations',
    { allIntegrations: 100 },
    true,
    { max: 100, scope: 'for all integrations' },
  ],
  ['the last one for an integration', { perIntegration: 39 }, false, undefined],
  ['a reserved one for an integration', { perIntegration: 40 }, false, { max: 40, scope: 'for one integration' }],
  ['the same, by an administrator of all integrations', { perIntegration: 49, perCreator: 90 }, true, undefined],
  ['beyond the limit for an integration', { perIntegration: 50 }, true, { max: 50, scope: 'for one integration' }],
  ['beyond the limit of one creator', { perCreator: 20 }, false, { max: 20, scope: 'of one creator' }],
  ['beyond the total limit', { total: 990 }, false, { max: 990, scope: 'in total' }],
] as const)('%s', (_what, usage, isRoot, expected) =>
  expect(limitReached(QUOTA, { ...NONE, ...usage }, isRoot)).toEqual(expected),
);

it('the message states the limit and its scope', () => {
  expect(limitMessage({ max: 40, scope: 'for one integration' }, 'API keys')).toBe(
    'The limit of 40 API keys for one integration is reached. Delete one first.',
  );
});
