import { domainOf, entraDomainFault, hostFault, nameFault, nameKey, oktaDomainFault } from './integration.rule.js';

describe('the name of an integration', () => {
  it.each(['A', '1', 'Acme Okta', 'acme_okta-2', 'Größe', '日本', 'x'.repeat(64)])('may be %j', (name) => {
    expect(nameFault(name)).toBeUndefined();
  });
  it.each(['', ' Acme', 'Acme ', '-acme', '_acme', 'a/b', 'a.b', 'a\nb', 'a\u0000', 'x'.repeat(65)])(
    'may not be %j',
    (name) => expect(nameFault(name)).toMatch(/^must be 1 to 64/),
  );
  it('has a key that ignores case and composition', () => {
    expect(nameKey('ACME')).toBe(nameKey('acme'));
    expect(nameKey('Gro\u0308ße')).toBe(nameKey('GRÖSSE'.replace('SS', 'ß')));
    expect(nameKey('Acme 1')).not.toBe(nameKey('Acme 2'));
  });
});

it.each([
  ['acme.okta.com', 'acme.okta.com'],
  ['  ACME.Okta.com ', 'acme.okta.com'],
  ['https://acme.okta.com/', 'acme.okta.com'],
  ['http://acme.okta.com?x=1', 'acme.okta.com'],
  ['acme.okta.com#top\nx', 'acme.okta.com'],
  ['acme.okta.com.', 'acme.okta.com'],
  ['https://acme-admin.okta.com/admin/dashboard', 'acme.okta.com'],
  ['acme-admin.oktapreview.com', 'acme.oktapreview.com'],
  ['acme-admin.example.com', 'acme-admin.example.com'],
  ['x.acme-admin.okta.com', 'x.acme-admin.okta.com'],
  ['acme-admin.oktaxcom', 'acme-admin.oktaxcom'],
])('%j is the domain %s', (given, domain) => {
  expect(domainOf(given)).toBe(domain);
});

const MAIL = /not an email address/;
const PERSONAL = /personal email domain/;
const HOST = /must be a host name/;
const OKTA = /must be the domain of an Okta organization \(\*\.okta\.com, .*ALLOWED_DOMAINS/;
const SITE = /website of Okta/;
const ENTRA = /domain of your tenant/;

describe('a domain', () => {
  const allowed = ['login.example.com'];

  it.each<[string, okta: RegExp | undefined, entra: RegExp | undefined, host: RegExp | undefined]>([
    ['acme.okta.com', undefined, undefined, undefined],
    ['acme.oktapreview.com', undefined, undefined, undefined],
    ['acme.okta-emea.com', undefined, undefined, undefined],
    ['acme.okta-gov.com', undefined, undefined, undefined],
    ['login.example.com', undefined, undefined, undefined],
    ['example.com', OKTA, undefined, undefined],
    ['www.login.example.com', OKTA, undefined, undefined],
    ['okta.com', OKTA, undefined, undefined],
    ['a.acme.okta.com', OKTA, undefined, undefined],
    ['acmeokta.com', OKTA, undefined, undefined],
    ['acme.okta.com.evil.example', OKTA, undefined, undefined],
    ['login.okta.com', SITE, undefined, undefined],
    ['status.oktapreview.com', SITE, undefined, undefined],
    ['acme.onmicrosoft.com', OKTA, undefined, undefined],
    ['onmicrosoft.com', OKTA, ENTRA, undefined],
    ['microsoft.com', OKTA, ENTRA, undefined],
    ['login.microsoftonline.com', OKTA, ENTRA, undefined],
    ['notmicrosoft.com', OKTA, undefined, undefined],
    ['gmail.com', PERSONAL, PERSONAL, PERSONAL],
    ['dan@acme.okta.com', MAIL, MAIL, MAIL],
    ['dan@gmail.com', MAIL, MAIL, MAIL],
    ['localhost', HOST, HOST, HOST],
    ['10.0.0.1', HOST, HOST, HOST],
    ['-acme.okta.com', HOST, HOST, HOST],
    ['acme-.okta.com', HOST, HOST, HOST],
    ['acme..okta.com', HOST, HOST, HOST],
    ['acme okta.com', HOST, HOST, HOST],
    ['acme.okta.com\n', HOST, HOST, HOST],
    ['größe.example', HOST, HOST, HOST],
    ['', HOST, HOST, HOST],
    [`${'a'.repeat(63)}.okta.com`, undefined, undefined, undefined],
    [`${'a'.repeat(64)}.okta.com`, HOST, HOST, HOST],
    [`${'a.'.repeat(126)}com`, HOST, HOST, HOST],
  ])('%j', (domain, okta, entra, host) => {
    const faults = [oktaDomainFault(domain, allowed), entraDomainFault(domain), hostFault(domain)];
    expect(faults).toEqual([okta, entra, host].map((fault) => fault && expect.stringMatching(fault)));
  });
});
