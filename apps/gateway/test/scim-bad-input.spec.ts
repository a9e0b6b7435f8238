import { alice } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type TestGateway, newIntegration, openGateway, type TestIntegration, userRecord } from './harness.js';

describe('bad input over SCIM', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway();
    okta = await newIntegration(gateway);
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    const { transport } = gateway;
    transport.handlers = {
      'users.list': () => ({ totalResults: 0, items: [] }),
      'users.create': ({ attributes }) => userRecord({ attributes }),
      'users.get': ({ id }) => userRecord({ id }),
      'users.replace': ({ id, attributes }) => userRecord({ id, attributes }),
      'users.patch': ({ id }) => userRecord({ id, active: false }),
      'users.delete': () => ({}),
    };
  });

  it.each([
    '010101001010101011001010101011',
    'x',
    '__proto__',
    "' or 1=1",
    'a'.repeat(900),
    'a'.repeat(5000),
    '%F0%9F%8C%8A',
    'a%2Fb',
  ])('responds with 404 for the user id %s', async (id) => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await okta.scim(method, `/Users/${id}`);
      expect([answer.statusCode, answer.json().status]).toEqual([404, '404']);
    }
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('refuses a body as %s with 415', async (type) => {
    const answer = await okta.scim('POST', '/Users', alice(), { 'content-type': type });
    expect([answer.statusCode, answer.json().status]).toEqual([415, '415']);
  });

  it.each(['', '{', 'null', '"x"', '[]', '1', 'undefined', '{"userName":', '{"userName":"a"}}'])(
    'refuses the body %j as invalidSyntax',
    async (body) => {
      for (const [method, path] of [
        ['POST', '/Users'],
        ['PUT', `/Users/${uuidv7()}`],
        ['PATCH', `/Users/${uuidv7()}`],
      ] as const) {
        const answer = await okta.scim(method, path, body);
        expect([method, answer.statusCode, answer.json().scimType]).toEqual([method, 400, 'invalidSyntax']);
      }
    },
  );

  it('refuses a POST without any body as invalidSyntax', async () => {
    const answer = await okta.scim('POST', '/Users');
    expect([answer.statusCode, answer.json().scimType]).toEqual([400, 'invalidSyntax']);
  });

  it.each([
    { userName: {} },
    { userName: 'a', active: 'yes' },
    { userName: 'a', name: 'b' },
    { userName: 'a\u0000' },
    {},
  ])('refuses %j as invalidValue', async (body) => {
    const answer = await okta.scim('POST', '/Users', body);
    expect([answer.statusCode, answer.json().scimType]).toEqual([400, 'invalidValue']);
  });

  it('accepts ACTIVE, "False" and numbers', async () => {
    await okta.scim('POST', '/Users', { USERNAME: 'erin', ACTIVE: 'False', externalId: 7 });
    expect(gateway.transport.last('users.create').data).toEqual({
      attributes: { userName: 'erin', active: false, externalId: '7' },
    });
  });

  it('is not affected by __proto__ in a body', async () => {
    const body = '{"userName":"alice","__proto__":{"active":false},"constructor":{"prototype":{"polluted":1}}}';
    expect((await okta.scim('POST', '/Users', body)).statusCode).toBe(201);
    expect(gateway.transport.last('users.create').data).toEqual({ attributes: { userName: 'alice' } });
    const path = { Operations: [{ op: 'replace', path: '__proto__.polluted', value: 1 }] };
    await okta.scim('PATCH', `/Users/${uuidv7()}`, path);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('refuses a body of more than 1 MiB', async () => {
    const user = (length: number) =>
      okta.scim('PUT', `/Users/${uuidv7()}`, `{"userName":"alice"${' '.repeat(length - 20)}}`);
    expect((await user(1024 * 1024)).statusCode).toBe(200);
    const large = await user(1024 * 1024 + 1);
    expect([large.statusCode, large.json().status]).toEqual([413, '413']);
  });

  it.each(['/Users', '/Groups'])('refuses deeply nested bodies for %s before parsing', async (path) => {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      const deep = await okta.scim('POST', path, `{"x":${'['.repeat(500_000)}${']'.repeat(500_000)}}`);
      expect(parse).not.toHaveBeenCalledWith(expect.stringContaining('[[['));
      expect([deep.statusCode, deep.json().scimType]).toEqual([400, 'invalidSyntax']);
    } finally {
      parse.mockRestore();
    }
  });

  it('refuses duplicate members', async () => {
    const answer = await okta.scim('PUT', `/Users/${uuidv7()}`, '{"userName":"erin","active":false,"active":true}');
    expect([answer.statusCode, answer.json().scimType]).toEqual([400, 'invalidSyntax']);
  });

  it('refuses an excessive list of attributes before a command is sent', async () => {
    const asked = gateway.transport.asked.length;
    for (const name of ['attributes', 'excludedAttributes']) {
      const list = 'title,'.repeat(700);
      for (const answer of [
        await okta.scim('POST', `/Users?${name}=${list}`, alice()),
        await okta.scim('DELETE', `/Users/${uuidv7()}?${name}=${list}`),
        await okta.scim('POST', '/Users/.search', { [name]: [list] }),
      ])
        expect([answer.statusCode, answer.json().scimType]).toEqual([400, 'invalidValue']);
    }
    expect(gateway.transport.asked).toHaveLength(asked);
  });

  it('responds with 404 to unknown paths, and with 405 and Allow to wrong methods', async () => {
    const none = await okta.scim('GET', '/Nothing');
    expect([none.statusCode, none.json().status]).toEqual([404, '404']);
    const wrong = await okta.scim('DELETE', '/Users');
    expect([wrong.statusCode, wrong.json().status, wrong.headers['allow']]).toEqual([405, '405', 'GET, HEAD, POST']);
    const member = await okta.scim('POST', `/Users/${uuidv7()}`, {});
    expect([member.statusCode, member.headers['allow']]).toEqual([405, 'GET, HEAD, PUT, PATCH, DELETE']);
  });
});
