import { type FieldCheck, type IntegrationField } from './catalog.js';
import { CHECKS, FieldFault } from './fields.rule.js';

const CONTEXT = { allowedDomains: ['login.example.com'] };

const field = (check: FieldCheck, limits: Partial<IntegrationField> = {}): IntegrationField => ({
  name: 'name',
  label: '',
  help: '',
  required: true,
  kind: 'text',
  check,
  ...limits,
});
const NAME = field('name', { maxLength: 64 });
const DOMAIN = { maxLength: 253 };
const GROUPS = field('groupNames', { maxItems: 3, maxLength: 5 });
const SILENCE = field('silence', { maximum: 7_200 });

const read = (given: IntegrationField, value: unknown) => CHECKS[given.check](value, given, CONTEXT);

describe('CHECKS accept', () => {
  it.each<[string, IntegrationField, unknown, unknown]>([
    ['a name, trimmed', NAME, '  Acme ', 'Acme'],
    ['an Okta domain in a URL', field('oktaDomain', DOMAIN), 'https://acme-admin.okta.com/x', 'acme.okta.com'],
    ['an Okta domain in ALLOWED_DOMAINS', field('oktaDomain', DOMAIN), 'login.example.com', 'login.example.com'],
    ['a tenant of Entra, in lower case', field('entraDomain', DOMAIN), 'ACME.onmicrosoft.com', 'acme.onmicrosoft.com'],
    ['a host', field('hostName', DOMAIN), 'example.com.', 'example.com'],
    ['no host', field('hostName', DOMAIN), null, null],
    ['groups as a string', GROUPS, ' a, b.c ,,A', ['a', 'b.c']],
    ['groups as an array, with a comma in a name', GROUPS, [' a,b ', 'c'], ['a,b', 'c']],
    ['duplicate groups, keeping the first spelling', GROUPS, ['Ops', 'OPS', 'ops'], ['Ops']],
    ['no groups as a string', GROUPS, ' , ', []],
    ['no groups as an array', GROUPS, [], []],
    ['the maximum number of groups', GROUPS, 'a,b,c', ['a', 'b', 'c']],
    ['the longest name of a group', GROUPS, ['12345'], ['12345']],
    ['a dialect', field('dialect'), 'strict', 'strict'],
    ['extensions', field('extensions'), null, { User: [], Group: [] }],
    ['0, for never disconnected', SILENCE, 0, 0],
    ['the shortest silence', SILENCE, 3_600, 3_600],
    ['the longest silence', SILENCE, 7_200, 7_200],
  ])('%s', (_, given, value, expected) => {
    expect(read(given, value)).toEqual(expected);
  });
});

describe('CHECKS refuse, with a message that completes a sentence,', () => {
  it.each<[string, IntegrationField, unknown, RegExp]>([
    ['a name that is not a string', NAME, 7, /^must be a string$/],
    ['no name', NAME, null, /^must be a string$/],
    ['a name with a slash', NAME, 'a/b', /^must be 1 to 64/],
    ['a name that is far too long', NAME, 'x'.repeat(129), /^must have at most 64 characters$/],
    ['a name with NUL', NAME, 'a\0', /cannot be stored/],
    ['a name with an unpaired surrogate', NAME, 'a\ud800', /cannot be stored/],
    ['a domain that is not of Okta', field('oktaDomain', DOMAIN), 'example.com', /ALLOWED_DOMAINS/],
    ['a missing Okta domain', field('oktaDomain', DOMAIN), null, /^must be a string$/],
    ['a domain of Microsoft', field('entraDomain', DOMAIN), 'login.microsoftonline.com', /domain of your tenant/],
    ['a host name without a dot', field('hostName', DOMAIN), 'localhost', /host name/],
    ['groups as an object', GROUPS, {}, /^must be a list of names/],
    ['null groups', GROUPS, null, /^must be a list of names/],
    ['too many groups', GROUPS, 'a,b,c,d', /^must have at most 3 names$/],
    ['too many groups, although they are duplicates', GROUPS, ['a', 'a', 'a', 'a'], /^must have at most 3 names$/],
    ['a group that is not a string', GROUPS, [7], /^must be names of 1 to 5 characters$/],
    ['a group without a name', GROUPS, [' '], /^must be names of 1 to 5/],
    ['a group whose name is too long', GROUPS, ['123456'], /^must be names of 1 to 5/],
    ['a group with NUL', GROUPS, ['a\0'], /cannot be stored/],
    ['an unknown dialect', field('dialect'), 'Okta', /^must be one of .*okta.*strict/],
    ['a dialect from the prototype', field('dialect'), 'toString', /^must be one of/],
    ['invalid extensions', field('extensions'), 7, /User.*Group/],
    ['too short a silence', SILENCE, 3_599, /^must be 0 \(never\) or an integer from 3600 to 7200$/],
    ['too long a silence', SILENCE, 7_201, /^must be 0/],
    ['a negative silence', SILENCE, -1, /^must be 0/],
    ['half a second of silence', SILENCE, 3_600.5, /^must be 0/],
    ['a silence as a string', SILENCE, '3600', /^must be 0/],
  ])('%s', (_, given, value, message) => {
    expect(() => read(given, value)).toThrow(FieldFault);
    expect(() => read(given, value)).toThrow(message);
  });
});
