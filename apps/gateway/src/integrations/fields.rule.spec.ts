import { type FieldCheck, type IntegrationField } from './catalog.js';
import { CHECKS, FieldFault } from './fields.rule.js';

const AROUND = { allowedDomains: ['login.example.com'] };

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

const read = (of: IntegrationField, value: unknown) => CHECKS[of.check](value, of, AROUND);

describe('a value is read', () => {
  it.each<[string, IntegrationField, unknown, unknown]>([
    ['a name without the spaces around it', NAME, '  Acme ', 'Acme'],
    ['an Okta domain out of an address', field('oktaDomain', DOMAIN), 'https://acme-admin.okta.com/x', 'acme.okta.com'],
    ['an Okta domain that the operator allows', field('oktaDomain', DOMAIN), 'login.example.com', 'login.example.com'],
    ['a tenant of Entra', field('entraDomain', DOMAIN), 'ACME.onmicrosoft.com', 'acme.onmicrosoft.com'],
    ['a host', field('hostName', DOMAIN), 'example.com.', 'example.com'],
    ['no host', field('hostName', DOMAIN), null, null],
    ['groups as one text', GROUPS, ' a, b.c ,,A', ['a', 'b.c']],
    ['groups as a list, where a comma is part of a name', GROUPS, [' a,b ', 'c'], ['a,b', 'c']],
    ['a group as it was written first', GROUPS, ['Ops', 'OPS', 'ops'], ['Ops']],
    ['no groups as a text', GROUPS, ' , ', []],
    ['no groups as a list', GROUPS, [], []],
    ['as many groups as there may be', GROUPS, 'a,b,c', ['a', 'b', 'c']],
    ['the longest name of a group', GROUPS, ['12345'], ['12345']],
    ['a dialect', field('dialect'), 'strict', 'strict'],
    ['extensions', field('extensions'), null, { User: [], Group: [] }],
    ['never silent', SILENCE, 0, 0],
    ['the shortest silence', SILENCE, 3_600, 3_600],
    ['the longest silence', SILENCE, 7_200, 7_200],
  ])('%s', (_, of, value, expected) => {
    expect(read(of, value)).toEqual(expected);
  });
});

describe('a value is refused with a sentence that follows its name', () => {
  it.each<[string, IntegrationField, unknown, RegExp]>([
    ['a name that is no text', NAME, 7, /^must be a text$/],
    ['no name', NAME, null, /^must be a text$/],
    ['a name with a slash', NAME, 'a/b', /^must be 1 to 64/],
    ['a name that is far too long', NAME, 'x'.repeat(129), /^must have 64 characters at most$/],
    ['a name with NUL', NAME, 'a\0', /cannot be stored/],
    ['a name with half of a surrogate pair', NAME, 'a\ud800', /cannot be stored/],
    ['an Okta domain that is none', field('oktaDomain', DOMAIN), 'example.com', /ALLOWED_DOMAINS/],
    ['an Okta domain that is missing', field('oktaDomain', DOMAIN), null, /^must be a text$/],
    ['a domain of Microsoft', field('entraDomain', DOMAIN), 'login.microsoftonline.com', /tenant's own/],
    ['a host that is none', field('hostName', DOMAIN), 'localhost', /host name/],
    ['groups that are no list', GROUPS, {}, /^must be a list of names/],
    ['groups that are null', GROUPS, null, /^must be a list of names/],
    ['too many groups', GROUPS, 'a,b,c,d', /^must have 3 names at most$/],
    ['too many groups, though they are the same', GROUPS, ['a', 'a', 'a', 'a'], /^must have 3 names at most$/],
    ['a group that is no text', GROUPS, [7], /^must be names of 1 to 5 characters each$/],
    ['a group without a name', GROUPS, [' '], /^must be names of 1 to 5/],
    ['a group whose name is too long', GROUPS, ['123456'], /^must be names of 1 to 5/],
    ['a group with NUL', GROUPS, ['a\0'], /cannot be stored/],
    ['a dialect that is none', field('dialect'), 'Okta', /^must be one of .*okta.*strict/],
    ['a dialect from the prototype', field('dialect'), 'toString', /^must be one of/],
    ['extensions that are none', field('extensions'), 7, /User.*Group/],
    ['too short a silence', SILENCE, 3_599, /^must be 0 for never, or a whole number from 3600 to 7200$/],
    ['too long a silence', SILENCE, 7_201, /^must be 0/],
    ['a negative silence', SILENCE, -1, /^must be 0/],
    ['half a second of silence', SILENCE, 3_600.5, /^must be 0/],
    ['a silence as a text', SILENCE, '3600', /^must be 0/],
  ])('%s', (_, of, value, sentence) => {
    expect(() => read(of, value)).toThrow(FieldFault);
    expect(() => read(of, value)).toThrow(sentence);
  });
});
