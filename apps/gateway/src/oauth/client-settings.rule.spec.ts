import { clientFaults, grantTypeOf } from './client-settings.rule.js';

const ORIGINS = ['https://app.example.com'];
const HERE = 'https://app.example.com/back';

it.each<[string, string | undefined]>([
  ['okta-scim', 'authorization_code'],
  ['entra-scim', 'client_credentials'],
  ['no such type', undefined],
  ['toString', undefined],
])('clients of %s get their tokens by %s', (type, grantType) => {
  expect(grantTypeOf(type)).toBe(grantType);
});

describe('what is wrong with a client', () => {
  const OK = { appName: undefined, redirectUris: undefined };
  const NO_BROWSER = expect.stringContaining('send no browser');

  it.each<[string, ...Parameters<typeof clientFaults>, object]>([
    ['an app of Okta', 'authorization_code', { appName: 'acme_1', redirectUris: [] }, ORIGINS, OK],
    ['an address alone', 'authorization_code', { appName: null, redirectUris: [HERE] }, ORIGINS, OK],
    ['both', 'authorization_code', { appName: 'acme_1', redirectUris: [HERE] }, ORIGINS, OK],
    [
      'nowhere to go back to',
      'authorization_code',
      { appName: null, redirectUris: [] },
      ORIGINS,
      { ...OK, appName: expect.stringContaining("name of Okta's app") },
    ],
    [
      'a wrong name',
      'authorization_code',
      { appName: 'a/b', redirectUris: [HERE] },
      ORIGINS,
      { ...OK, appName: expect.stringContaining('/instance/') },
    ],
    [
      'an address of an origin that is not allowed, after one that is',
      'authorization_code',
      { appName: null, redirectUris: [HERE, 'https://evil.example/'] },
      ORIGINS,
      { ...OK, redirectUris: expect.stringContaining('OAUTH_REDIRECT_ORIGINS') },
    ],
    ['client credentials', 'client_credentials', { appName: null, redirectUris: [] }, ORIGINS, OK],
    [
      'client credentials with a browser',
      'client_credentials',
      { appName: 'acme_1', redirectUris: [HERE] },
      ORIGINS,
      { appName: NO_BROWSER, redirectUris: NO_BROWSER },
    ],
  ])('%s', (_, grantType, settings, origins, faults) => {
    expect(clientFaults(grantType, settings, origins)).toEqual(faults);
  });
});
