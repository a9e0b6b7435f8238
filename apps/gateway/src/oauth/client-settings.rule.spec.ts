import { clientFaults, grantTypeOf } from './client-settings.rule.js';

const ORIGINS = ['https://app.example.com'];
const HERE = 'https://app.example.com/back';

it.each<[string, string | undefined]>([
  ['okta-scim', 'authorization_code'],
  ['entra-scim', 'client_credentials'],
  ['no such type', undefined],
  ['toString', undefined],
])('clients of %s use the grant type %s', (type, grantType) => {
  expect(grantTypeOf(type)).toBe(grantType);
});

describe('the validation of a client', () => {
  const OK = { appName: undefined, redirectUris: undefined };
  const NO_REDIRECT = expect.stringContaining('use no redirect');

  it.each<[string, ...Parameters<typeof clientFaults>, object]>([
    ['an Okta app', 'authorization_code', { appName: 'acme_1', redirectUris: [] }, ORIGINS, OK],
    ['a redirect URI only', 'authorization_code', { appName: null, redirectUris: [HERE] }, ORIGINS, OK],
    ['both', 'authorization_code', { appName: 'acme_1', redirectUris: [HERE] }, ORIGINS, OK],
    [
      'neither app nor redirect URI',
      'authorization_code',
      { appName: null, redirectUris: [] },
      ORIGINS,
      { ...OK, appName: expect.stringContaining('name of the Okta app') },
    ],
    [
      'an invalid app name',
      'authorization_code',
      { appName: 'a/b', redirectUris: [HERE] },
      ORIGINS,
      { ...OK, appName: expect.stringContaining('/instance/') },
    ],
    [
      'a redirect URI with an origin that is not allowed',
      'authorization_code',
      { appName: null, redirectUris: [HERE, 'https://evil.example/'] },
      ORIGINS,
      { ...OK, redirectUris: expect.stringContaining('OAUTH_REDIRECT_ORIGINS') },
    ],
    ['client credentials', 'client_credentials', { appName: null, redirectUris: [] }, ORIGINS, OK],
    [
      'client credentials with redirect URIs',
      'client_credentials',
      { appName: 'acme_1', redirectUris: [HERE] },
      ORIGINS,
      { appName: NO_REDIRECT, redirectUris: NO_REDIRECT },
    ],
  ])('%s', (_, grantType, settings, origins, faults) => {
    expect(clientFaults(grantType, settings, origins)).toEqual(faults);
  });
});
