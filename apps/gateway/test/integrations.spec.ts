import { existsSync } from 'node:fs';
import { type TestGateway, newIntegration, openGateway, wrongFields } from './harness.js';

const OKTA = { type: 'okta-scim', domain: 'acme.okta.com' };
const EXTENSION = { id: 'urn:example:scim:1.0:User', name: 'Example', attributes: [{ name: 'badge', type: 'string' }] };

describe('integrations', () => {
  let gateway: TestGateway;
  let made = 0;
  beforeAll(async () => {
    gateway = await openGateway({ allowedDomains: ['login.example.com'] });
  });
  afterAll(() => gateway.close());

  const name = () => `example ${++made}`;
  const create = async (body: object) => {
    const answer = await gateway.api('POST', '/integrations', { name: name(), ...body });
    expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
    return answer.json();
  };
  const count = async () =>
    (await gateway.api('GET', '/integrations?limit=200')).json<{ items: object[] }>().items.length;
  const faultOf = async (body: object) => {
    const answer = await gateway.api('POST', '/integrations', { name: name(), ...body });
    expect(answer.statusCode).toBe(400);
    return answer.json<{ errors: { field: string; message: string }[] }>().errors;
  };

  describe('the catalog', () => {
    interface Type {
      type: string;
      guide: string;
      fields: { name: string; required: boolean; example?: unknown }[];
    }
    const catalog = async () => (await gateway.api('GET', '/catalog')).json<{ items: Type[] }>().items;

    it('lists the types, with capabilities and fields', async () => {
      const types = await catalog();
      expect(types.map(({ type }) => type)).toEqual(['okta-scim', 'entra-scim', 'generic-scim']);
      expect(types[0]).toMatchObject({
        title: 'Okta Directory (SCIM)',
        category: 'IdP',
        capabilities: expect.arrayContaining(['push_users', 'push_deactivate_user', 'push_groups']),
        authentication: ['oauth2_authorization_code', 'bearer_token'],
        defaultDialect: 'okta',
        fields: expect.arrayContaining([
          expect.objectContaining({ name: 'domain', label: 'Domain', required: true, kind: 'text', maxLength: 253 }),
          expect.objectContaining({ name: 'groupsToSync', required: false, kind: 'texts', example: 'group1,group2' }),
        ]),
      });
      expect((await gateway.api('GET', '/catalog/okta-scim')).json()).toEqual(types[0]);
      for (const unknown of ['ldap', '__proto__', 'constructor'])
        expect((await gateway.api('GET', `/catalog/${unknown}`)).statusCode).toBe(404);
    });

    it('has examples that create an integration of each type', async () => {
      for (const { type, fields } of await catalog()) {
        const given = fields.filter(({ example }) => example !== undefined).map((field) => [field.name, field.example]);
        const body = { type, ...(Object.fromEntries(given) as object), name: name() };
        expect(await create(body)).toMatchObject({ type, status: 'initializing' });
      }
    });

    it('has the required fields of each type', async () => {
      for (const { type, fields } of await catalog()) {
        const needed = fields.filter(({ required }) => required).map((field) => field.name);
        expect([type, await wrongFields(gateway, 'POST', '/integrations', { type })]).toEqual([type, needed]);
      }
    });

    it('has paths of existing guides', async () => {
      for (const { type, guide } of await catalog()) expect([type, existsSync(guide)]).toEqual([type, true]);
    });

    it('has the default dialect of each type', async () => {
      expect(await create(OKTA)).toMatchObject({ dialect: 'okta' });
      expect(await create({ type: 'entra-scim', domain: 'acme.onmicrosoft.com' })).toMatchObject({ dialect: 'entra' });
      expect(await create({ type: 'generic-scim' })).toMatchObject({ dialect: 'strict', domain: null });
      expect(await create({ ...OKTA, dialect: 'strict' })).toMatchObject({ dialect: 'strict' });
    });
  });

  describe('domains', () => {
    it.each([
      ['https://acme.okta.com/', 'acme.okta.com'],
      ['https://acme-admin.okta.com/admin/dashboard?x=1', 'acme.okta.com'],
      [' ACME.OktaPreview.com ', 'acme.oktapreview.com'],
      ['acme.okta-emea.com.', 'acme.okta-emea.com'],
      ['login.example.com', 'login.example.com'],
    ])('%s becomes %s', async (given, read) => {
      expect(await create({ ...OKTA, domain: given })).toMatchObject({ domain: read });
    });

    it.each([
      ['okta-scim', 'gmail.com', /personal email domain/],
      ['okta-scim', 'dan@acme.okta.com', /not an email address/],
      ['okta-scim', 'acme.com', /ALLOWED_DOMAINS/],
      ['okta-scim', 'okta.com', /ALLOWED_DOMAINS/],
      ['okta-scim', 'a.acme.okta.com', /ALLOWED_DOMAINS/],
      ['okta-scim', 'acme.okta.com.evil.example', /ALLOWED_DOMAINS/],
      ['okta-scim', 'login.okta.com', /not an Okta organization/],
      ['okta-scim', '10.0.0.1', /host name/],
      ['okta-scim', 'localhost', /host name/],
      ['okta-scim', 'acme okta.com', /host name/],
      ['okta-scim', null, /string/],
      ['entra-scim', 'outlook.com', /personal email domain/],
      ['entra-scim', 'login.microsoftonline.com', /acme\.onmicrosoft\.com/],
      ['entra-scim', 'onmicrosoft.com', /acme\.onmicrosoft\.com/],
      ['generic-scim', 'x', /host name/],
    ])('%s refuses %s', async (type, domain, sentence) => {
      const before = await count();
      expect(await faultOf({ type, domain })).toEqual([{ field: 'domain', message: expect.stringMatching(sentence) }]);
      expect(await count()).toBe(before);
    });

    it('a custom domain of an Entra tenant is accepted, and that of a generic client can be removed', async () => {
      expect(await create({ type: 'entra-scim', domain: 'acme.example' })).toMatchObject({ domain: 'acme.example' });
      const { id } = await create({ type: 'generic-scim', domain: 'acme.example' });
      expect((await gateway.api('PATCH', `/integrations/${id}`, { domain: null })).json()).toMatchObject({
        domain: null,
      });
    });
  });

  describe('groups to sync', () => {
    it.each([
      ['group1,group2.group3', ['group1', 'group2.group3']],
      [' One , ,two,ONE,', ['One', 'two']],
      ['', []],
      [
        ['a,b', ' c '],
        ['a,b', 'c'],
      ],
      [
        ['Straße', 'STRASSE', 'straße'],
        ['Straße', 'STRASSE'],
      ],
    ])('%j become %j', async (groupsToSync, names) => {
      expect(await create({ ...OKTA, groupsToSync })).toMatchObject({ groupsToSync: names });
    });

    it.each([
      [[7]],
      [[' ']],
      [{}],
      [null],
      ['x'.repeat(257)],
      [Array.from({ length: 1001 }, (_, i) => `g${i}`).join(',')],
      ['a\u0000'],
    ])('%j are refused', async (groupsToSync) => {
      expect((await faultOf({ ...OKTA, groupsToSync })).map(({ field }) => field)).toEqual(['groupsToSync']);
    });
  });

  describe('schema extensions', () => {
    it('are returned as given, replaced as a whole, and used over SCIM within a second', async () => {
      const { id, scim } = await newIntegration(gateway);
      const given = await gateway.api('PATCH', `/integrations/${id}`, { extensions: { User: [EXTENSION] } });
      expect(given.json().extensions).toMatchObject({ User: [{ ...EXTENSION, description: '' }], Group: [] });
      const again = await gateway.api('PATCH', `/integrations/${id}`, { extensions: given.json().extensions });
      expect(again.json()).toEqual(given.json());
      gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
      await scim('GET', '/Users');
      expect(gateway.transport.last('users.list').asking.context.scim).toEqual({
        dialect: 'okta',
        extensions: given.json().extensions,
      });
      const none = await gateway.api('PATCH', `/integrations/${id}`, { extensions: { User: [], Group: [] } });
      expect(none.json().extensions).toEqual({ User: [], Group: [] });
    });

    it.each([
      [7, /object/],
      [{ User: [{ ...EXTENSION, id: 'x' }] }, /User\[0\]\.id/],
      [{ User: [{ ...EXTENSION, attributes: [{ name: '$' }] }] }, /User\[0\]\.attributes\[0\]\.name/],
      [{ Device: [] }, /User.*Group/],
    ])('%j are refused with the location of the error', async (extensions, sentence) => {
      expect(await faultOf({ ...OKTA, extensions })).toEqual([
        { field: 'extensions', message: expect.stringMatching(sentence) },
      ]);
    });
  });

  it.each([
    [{ dialect: 'ldap' }, ['dialect']],
    [{ dialect: null }, ['dialect']],
    [{ disconnectedAfterSeconds: 60 }, ['disconnectedAfterSeconds']],
    [{ disconnectedAfterSeconds: 1.5 }, ['disconnectedAfterSeconds']],
    [{ disconnectedAfterSeconds: '3600' }, ['disconnectedAfterSeconds']],
    [{ type: 'entra-scim' }, ['type']],
    [{ name: 'a/b', domain: 'gmail.com', surprise: 1 }, ['name', 'domain', 'surprise']],
  ])('a change to %j is refused and changes nothing', async (body, expected) => {
    const { warnings: _, ...before } = await create(OKTA);
    expect(await wrongFields(gateway, 'PATCH', `/integrations/${before.id}`, body)).toEqual(expected);
    expect((await gateway.api('GET', `/integrations/${before.id}`)).json()).toEqual(before);
  });
});
