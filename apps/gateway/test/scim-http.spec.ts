import { connect, type AddressInfo } from 'node:net';
import { alice } from '@tidegate/testing';
import { type LightMyRequestResponse } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

const SCIM_JSON = 'application/scim+json';
const ID = uuidv7();
const PATCH = { Operations: [{ op: 'replace', path: 'displayName', value: 'x' }] };
const GROUP = { displayName: 'Guides' };

type Row = [method: string, path: string, body: object | undefined, status: number];

/** Every SCIM route, a body for it, and the status of the response. */
const ROUTES: Row[] = [
  ['GET', '', undefined, 200],
  ['GET', '/', undefined, 200],
  ['POST', '/.search', {}, 200],
  ['GET', '/Users', undefined, 200],
  ['POST', '/Users', alice(), 201],
  ['POST', '/Users/.search', {}, 200],
  ['GET', `/Users/${ID}`, undefined, 200],
  ['PUT', `/Users/${ID}`, alice(), 200],
  ['PATCH', `/Users/${ID}`, PATCH, 200],
  ['DELETE', `/Users/${ID}`, undefined, 204],
  ['GET', '/Groups', undefined, 200],
  ['POST', '/Groups', GROUP, 201],
  ['POST', '/Groups/.search', {}, 200],
  ['GET', `/Groups/${ID}`, undefined, 200],
  ['PUT', `/Groups/${ID}`, GROUP, 200],
  ['PATCH', `/Groups/${ID}`, PATCH, 200],
  ['DELETE', `/Groups/${ID}`, undefined, 204],
  ['POST', '/Bulk', { Operations: [{ method: 'DELETE', path: `/Users/${ID}` }] }, 200],
  ['GET', '/ServiceProviderConfig', undefined, 200],
  ['GET', '/Schemas', undefined, 200],
  ['GET', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User', undefined, 200],
  ['GET', '/ResourceTypes', undefined, 200],
  ['GET', '/ResourceTypes/User', undefined, 200],
];
const isOfOne = (path: string) => path.includes(ID);

describe('HTTP conformance of SCIM', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  let other: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway();
    [okta, other] = [await newIntegration(gateway), await newIntegration(gateway)];
    gateway.transport.handlers = {
      'users.list': () => ({ totalResults: 1, items: [userRecord()] }),
      'users.create': ({ attributes }) => userRecord({ id: ID, attributes }),
      'users.get': ({ id }) => userRecord({ id }),
      'users.replace': ({ id, attributes }) => userRecord({ id, attributes }),
      'users.patch': ({ id }) => userRecord({ id }),
      'users.delete': () => ({}),
      'groups.list': () => ({ totalResults: 1, items: [groupRecord()] }),
      'groups.create': ({ attributes }) => groupRecord({ id: ID, attributes }),
      'groups.get': ({ id }) => groupRecord({ id }),
      'groups.replace': ({ id, attributes }) => groupRecord({ id, attributes }),
      'groups.patch': ({ id }) => groupRecord({ id }),
      'groups.delete': () => ({}),
    };
    await gateway.app.listen(0, '127.0.0.1');
  });
  afterAll(() => gateway.close());

  it('covers all SCIM routes', () => {
    const shape = (path: string) =>
      path
        .replace(/\/$/, '')
        .replace(ID, ':id')
        .replace(/(Schemas|ResourceTypes)\/.*/, '$1/:x');
    const tested = new Set(ROUTES.map(([method, path]) => `${method} ${shape(path)}`));
    const there = gateway.routes
      .filter(({ method, url }) => url.startsWith('/scim/') && method !== 'HEAD')
      .map(
        ({ method, url }) =>
          `${method} ${url.replace('/scim/v2/:integrationId', '').replace(/(Schemas|ResourceTypes)\/.*/, '$1/:x')}`,
      );
    expect(new Set(there)).toEqual(tested);
  });

  it.each(ROUTES)(
    '%s %s: the response has the content type, location and version',
    async (method, path, body, status) => {
      const answer = await okta.scim(method, path, body);
      expect(answer.statusCode).toBe(status);
      const { headers } = answer;
      expect(headers['content-type']).toBe(status === 204 ? undefined : SCIM_JSON);
      if (status === 204) return expect([answer.body, headers['content-length']]).toEqual(['', undefined]);
      const isResource = isOfOne(path) || status === 201;
      const { meta } = answer.json<{ meta?: { location: string; version: string } }>();
      const where = isResource ? meta?.location : undefined;
      expect([headers['location'], headers['content-location'], headers['etag']]).toEqual([
        where,
        where,
        isResource ? meta?.version : undefined,
      ]);
      if (isResource)
        expect(where).toMatch(new RegExp(`^http://tidegate\\.example/scim/v2/${okta.id}/(Users|Groups)/${ID}$`));
    },
  );

  it.each(ROUTES)('%s %s without a valid token gets 401 without commands', async (method, path, body) => {
    const asked = gateway.transport.asked.length;
    for (const authorization of ['', `Bearer ${other.token}`, 'Bearer nonsense']) {
      for (const variant of ['', '/', '?', '?x=1', '/?filter=']) {
        const answer = await okta.scim(method, path + variant, body, { authorization });
        expect([variant, answer.statusCode]).toEqual([variant, path === '/' && variant.startsWith('/') ? 404 : 401]);
        if (answer.statusCode === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="tidegate"/);
      }
    }
    expect(gateway.transport.asked).toHaveLength(asked);
  });

  it.each(ROUTES)(
    '%s %s: the response contains the requested attributes and no others',
    async (method, path, body, status) => {
      if (status === 204 || path === '/Bulk') return;
      const isDiscovery = /^\/(Service|Schemas|Resource)/.test(path);
      const answer = await okta.scim(
        method,
        `${path}?attributes=displayName`,
        path.endsWith('.search') ? { attributes: ['displayName'] } : body,
      );
      const shown = answer.json<{ Resources?: object[] }>();
      for (const resource of shown.Resources ?? [shown]) {
        const names = Object.keys(resource);
        if (isDiscovery)
          expect(names).toContain('meta'); // RFC 7644 §4: projection is ignored there
        else expect(names.filter((name) => !['schemas', 'id', 'displayName'].includes(name))).toEqual([]);
      }
    },
  );

  it.each(['PUT', 'PATCH', 'GET', 'POST'])(
    'the response to a %s of a group does not fetch or contain members that are not requested',
    async (method) => {
      const members = [{ id: uuidv7(), type: 'User' as const, display: 'Alice' }];
      const big = { members, nextMember: 'more' };
      for (const name of ['groups.get', 'groups.replace', 'groups.patch', 'groups.create'] as const)
        gateway.transport.handlers[name] = () => groupRecord({ id: ID, ...big });
      const asked = gateway.transport.asked.length;
      const body = { PUT: GROUP, PATCH, POST: GROUP, GET: undefined }[method];
      const path = method === 'POST' ? '/Groups' : `/Groups/${ID}`;
      for (const projection of ['excludedAttributes=members', 'attributes=displayName']) {
        const answer = await okta.scim(method, `${path}?${projection}`, body);
        if (answer.statusCode !== 204) expect(answer.json()).not.toHaveProperty('members');
      }
      expect(gateway.transport.asked.slice(asked).map(({ name }) => name)).not.toContain('groups.members');
    },
  );

  it.each([
    ['PUT', '/Users', 'GET, HEAD, POST'],
    ['POST', `/Users/${ID}`, 'GET, HEAD, PUT, PATCH, DELETE'],
    ['DELETE', '/Groups/', 'GET, HEAD, POST'],
    ['GET', '/Bulk', 'POST'],
    ['PATCH', '', 'GET, HEAD'],
    ['POST', '/Schemas', 'GET, HEAD'],
  ])('%s %s gets 405 with Allow', async (method, path, allow) => {
    const answer = await okta.scim(method, path, {});
    expect([answer.statusCode, answer.headers['allow'], answer.json().status]).toEqual([405, allow, '405']);
  });

  it.each<[string, (path: string) => string]>([
    ['a slash more', (path) => `/${path}`],
    ['a duplicate slash', (path) => path.replace('/Users', '//Users')],
    ['a parameter in the path', (path) => path.replace('/Users', ';x=1/Users')],
    ['a parameter at the end', (path) => `${path};x=1`],
    ['capital letters', (path) => path.replace('/scim', '/SCIM')],
    ['another version', (path) => path.replace('/v2', '/v1')],
    ['percent-encoded letters', (path) => path.replace('Users', '%55sers')],
    [
      'a percent-encoded id',
      (path) => path.replace(/[0-9a-f]{8}-/, (id) => `%${id.charCodeAt(0).toString(16)}${id.slice(1)}`),
    ],
    ['a percent-encoded slash', (path) => path.replace('/Users', '%2FUsers')],
    ['a percent-encoded question mark', (path) => `${path}%3Fx=1`],
    ['a NUL', (path) => path.replace('/Users', '%00/Users')],
    ['a step back', (path) => path.replace('/Users', '/x/../Users')],
    ['a percent-encoded parent directory', (path) => path.replace('/Users', '/x/%2e%2e/Users')],
    ['the parent directory of another integration', (path) => path.replace('/scim/v2', `/scim/v2/${other.id}/..`)],
    ['a backslash', (path) => path.replace('/Users', '\\Users')],
    ['an absolute address', (path) => `http://evil.example${path}`],
    ['a fragment', (path) => `${path}#x`],
    ['a broken percent sign', (path) => `${path}%`],
  ])('a path with %s requires a token of the integration', async (_, changed) => {
    const asked = gateway.transport.asked.length;
    const { port } = gateway.app.getHttpServer().address() as AddressInfo;
    for (const authorization of ['Bearer nonsense', `Bearer ${other.token}`]) {
      const text = await raw(port, changed(`/scim/v2/${okta.id}/Users`), authorization);
      expect(text).toMatch(/^HTTP\/1\.1 (400|401|404) /);
    }
    const own = gateway.transport.asked.slice(asked).filter(({ asking }) => asking.integrationIds.includes(okta.id));
    expect(own).toEqual([]);
  });

  it('errors have only the required members', async () => {
    const errors: [LightMyRequestResponse, string | undefined][] = [
      [await okta.scim('GET', '/Users?count=x'), 'invalidValue'],
      [await okta.scim('GET', '/Users/unknown'), undefined],
      [await okta.scim('POST', '/Users', '{'), 'invalidSyntax'],
      [await okta.scim('POST', '/Users', 'x', { 'content-type': 'text/plain' }), undefined],
      [await okta.scim('GET', '/Schemas?filter=x'), undefined],
    ];
    for (const [answer, scimType] of errors) {
      expect(answer.json()).toEqual({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(answer.statusCode),
        detail: expect.stringMatching(/./),
        ...(scimType ? { scimType } : {}),
      });
    }
  });

  function raw(port: number, path: string, authorization: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`;
      const socket = connect(port, '127.0.0.1', () => socket.write(head));
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString('latin1')));
      socket.on('close', () => resolve(received));
      socket.on('error', reject);
    });
  }
});
