import { appNameFault, oktaRedirectUris, redirectOrigin, redirectUriFault } from './redirect-uris.rule.js';

it('returns the callbacks of the production, EMEA and preview cells of Okta', () => {
  expect(oktaRedirectUris('acme_tidegate_1')).toEqual([
    'https://system-admin.okta.com/admin/app/cpc/acme_tidegate_1/oauth/callback',
    'https://system-admin.okta-emea.com/admin/app/cpc/acme_tidegate_1/oauth/callback',
    'https://system-admin.oktapreview.com/admin/app/cpc/acme_tidegate_1/oauth/callback',
  ]);
});

it.each(['a/b', '..', 'a b', 'a?x', 'a%2fb', '', 'ä', 'x'.repeat(101)])('refuses %j as the name of an app', (name) =>
  expect(appNameFault(name)).toMatch('/app/'),
);

const ORIGINS = ['https://sim.example.com', 'http://127.0.0.1:4010'];

it.each(['https://sim.example.com/cb', 'https://sim.example.com/cb?x=1', 'http://127.0.0.1:4010/cb'])(
  'accepts %s as redirect URI',
  (uri) => expect(redirectUriFault(uri, ORIGINS)).toBeUndefined(),
);

it.each([
  'https://sim.example.com.evil.org/cb',
  'https://sim.example.com:444/cb',
  'http://sim.example.com/cb',
  'http://127.0.0.1:4011/cb',
  'https://sim.example.com/cb#here',
  'https://sim.example.com@evil.org/cb',
  'https://a@sim.example.com/cb',
  'https://sim.example.com/a/../cb',
  'https://SIM.example.com/cb',
  'javascript:alert(1)',
  '/cb',
  '',
])('refuses %j as redirect URI', (uri) => expect(redirectUriFault(uri, ORIGINS)).toMatch(/^must be/));

it.each([
  ['https://sim.example.com', 'https://sim.example.com'],
  ['https://sim.example.com/', 'https://sim.example.com'],
  ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
  ['http://[::1]:4010', 'http://[::1]:4010'],
  ['http://sim.example.com', undefined],
  ['https://sim.example.com/path', undefined],
  ['https://a@sim.example.com', undefined],
  ['https://*.example.com/x', undefined],
  ['ftp://sim.example.com', undefined],
  ['sim.example.com', undefined],
])('parses %s as the origin %s', (value, origin) => expect(redirectOrigin(value)).toBe(origin));
