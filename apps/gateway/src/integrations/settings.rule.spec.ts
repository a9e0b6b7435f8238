import { integrationType, type IntegrationType } from './catalog.js';
import { InvalidFields } from '../http/invalid-fields.error.js';
import { defaultSettings, objectOf, readSettings } from './settings.rule.js';

const CONTEXT = { allowedDomains: [] };
const OKTA = integrationType('okta-scim')!;
const GENERIC = integrationType('generic-scim')!;
const WELL = { name: ' Acme ', domain: 'acme.okta.com' };

function faultsOf(type: IntegrationType, body: unknown, presence: 'complete' | 'partial' = 'complete') {
  try {
    readSettings(type, body, presence, CONTEXT);
  } catch (error) {
    if (error instanceof InvalidFields) return error.errors;
    throw error;
  }
  return [];
}
const fields = (...args: Parameters<typeof faultsOf>) => faultsOf(...args).map(({ field }) => field);

describe('the settings of an integration', () => {
  it('are the given fields, normalized', () => {
    expect(readSettings(OKTA, WELL, 'complete', CONTEXT)).toEqual({ name: 'Acme', domain: 'acme.okta.com' });
    expect(readSettings(OKTA, { groupsToSync: 'a,b' }, 'partial', CONTEXT)).toEqual({ groupsToSync: ['a', 'b'] });
    expect(readSettings(OKTA, {}, 'partial', CONTEXT)).toEqual({});
  });

  it('report all invalid fields at once', () => {
    expect(fields(OKTA, { name: '/', domain: 'gmail.com', dialect: 'x', more: 1 })).toEqual([
      'name',
      'domain',
      'dialect',
      'more',
    ]);
  });

  it('report missing fields if they must be complete', () => {
    expect(faultsOf(OKTA, {})).toEqual([
      { field: 'name', message: 'is required' },
      { field: 'domain', message: 'is required' },
    ]);
    expect(fields(OKTA, { ...WELL, name: undefined })).toEqual(['name']);
    expect(fields(GENERIC, { name: 'Acme' })).toEqual([]);
    expect(fields(OKTA, {}, 'partial')).toEqual([]);
  });

  it('report unknown fields, including names of the prototype', () => {
    expect(faultsOf(OKTA, { ...WELL, status: 'active' })).toEqual([
      { field: 'status', message: 'is not a field of Okta Directory (SCIM)' },
    ]);
    expect(fields(OKTA, { ...WELL, toString: 'x' })).toEqual(['toString']);
    expect(fields(OKTA, JSON.parse('{"__proto__":{"name":"Acme"}}'), 'partial')).toEqual(['__proto__']);
  });

  it.each([undefined, null, 'x', 7, []])('cannot be %j', (body) => {
    expect(() => objectOf(body)).toThrow(InvalidFields);
    expect(faultsOf(OKTA, body)).toEqual([{ field: 'body', message: 'must be an object' }]);
  });
});

it.each([
  ['okta-scim', 'okta'],
  ['entra-scim', 'entra'],
  ['generic-scim', 'strict'],
])(
  'a new integration of type %s has the dialect %s, syncs all groups and never becomes disconnected',
  (type, dialect) => {
    expect(defaultSettings(integrationType(type)!)).toEqual({
      domain: null,
      groupsToSync: [],
      dialect,
      extensions: { User: [], Group: [] },
      managerAttribute: null,
      disconnectedAfterSeconds: 0,
    });
  },
);
