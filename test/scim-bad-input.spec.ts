import { connect, type Socket } from 'node:net';
import { alice } from '@tidegate/testing';
import { type Answer, newTenant, send, type Tenant } from './http.js';
import { startInProcess } from './in-process.js';
import { type Tidegate } from './system.js';

const MIB = 1024 * 1024;
const PARENTHESES = '('.repeat(20_000);
/** Bytes that are not valid UTF-8: an unpaired surrogate from an incorrect encoder. */
const RAW_SURROGATE = Buffer.from('{"Operations":[{"op":"replace","path":"title","value":"\u0001"}]}')
  .toString('latin1')
  .replace('\u0001', '\xed\xa0\x80');

type Row = [
  what: string,
  method: string,
  path: string,
  body: string | Buffer | undefined,
  status: number,
  scimType?: string,
];

const patch = (...Operations: object[]): string => JSON.stringify({ Operations });
const title = (json: string): string => `{"Operations":[{"op":"replace","path":"title","value":${json}}]}`;
const search = (filter: string): string => JSON.stringify({ filter });
const nested = (depth: number): string => `{"title":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const members = (count: number): string =>
  `{"displayName":"Guides","members":[${Array.from({ length: count }, (_, i) => `{"value":"${i}"}`).join(',')}]}`;

/** `{alice}` and `{guides}` are replaced by their ids. */
const ROWS: Row[] = [
  ['20,000 parentheses in the address', 'GET', `/Users?filter=${PARENTHESES}`, undefined, 400, 'invalidFilter'],
  ['20,000 parentheses in a search', 'POST', '/Users/.search', search(PARENTHESES), 400, 'invalidFilter'],
  ['20,000 parentheses at the root', 'POST', '/.search', search(PARENTHESES), 400, 'invalidFilter'],
  [
    '20,000 parentheses in a path',
    'PATCH',
    '/Users/{alice}',
    patch({ op: 'remove', path: `emails[${PARENTHESES}` }),
    400,
    'invalidPath',
  ],
  [
    'a filter of 1 MB in a search',
    'POST',
    '/Users/.search',
    search(`title eq "${'x'.repeat(1_000_000)}"`),
    400,
    'invalidFilter',
  ],
  ['a filter of 10 MB in a search', 'POST', '/Users/.search', search('x'.repeat(10 * MIB)), 413],
  ['a number in a filter that overflows', 'GET', '/Users?filter=title%20eq%201e400', undefined, 400, 'invalidFilter'],
  ['NUL in a filter', 'GET', '/Users?filter=title%20eq%20%22%00%22', undefined, 400, 'invalidFilter'],
  ['an index of thirty digits', 'GET', `/Users?startIndex=${'9'.repeat(30)}`, undefined, 400, 'invalidValue'],
  ['JSON of depth 10,000', 'PUT', '/Users/{alice}', nested(10_000), 400, 'invalidSyntax'],
  ['JSON of depth 10,000 for a group', 'PUT', '/Groups/{guides}', nested(10_000), 400, 'invalidSyntax'],
  ['JSON of depth 10,000 in a search', 'POST', '/.search', nested(10_000), 400, 'invalidSyntax'],
  ['JSON of depth 10,000 in a bulk request', 'POST', '/Bulk', nested(10_000), 400, 'invalidSyntax'],
  ['a duplicate member', 'PUT', '/Users/{alice}', '{"userName":"a","userName":"b"}', 400, 'invalidSyntax'],
  [
    'a duplicate member, once escaped',
    'PUT',
    '/Users/{alice}',
    '{"userName":"a","\\u0075serName":"b"}',
    400,
    'invalidSyntax',
  ],
  [
    'a duplicate member in a nested object',
    'PUT',
    '/Users/{alice}',
    '{"userName":"a","name":{"givenName":"a","givenName":"b"}}',
    400,
    'invalidSyntax',
  ],
  [
    'a duplicate member in a deeply nested object',
    'PATCH',
    '/Users/{alice}',
    title('{"a":[{"b":{"c":1,"c":2}}]}'),
    400,
    'invalidSyntax',
  ],
  [
    'a duplicate attribute in another case',
    'PUT',
    '/Users/{alice}',
    '{"userName":"a","USERNAME":"b"}',
    400,
    'invalidValue',
  ],
  ['NUL, escaped', 'PATCH', '/Users/{alice}', title('"a\\u0000b"'), 400, 'invalidValue'],
  ['NUL, raw', 'PATCH', '/Users/{alice}', title('"a\u0000b"'), 400, 'invalidSyntax'],
  ['an unpaired surrogate, escaped', 'PATCH', '/Users/{alice}', title('"a\\ud800b"'), 400, 'invalidValue'],
  [
    'an unpaired surrogate as raw bytes',
    'PATCH',
    '/Users/{alice}',
    Buffer.from(RAW_SURROGATE, 'latin1'),
    400,
    'invalidSyntax',
  ],
  [
    'an unpaired surrogate in the id of a member',
    'PATCH',
    '/Groups/{guides}',
    patch({ op: 'add', path: 'members', value: [{ value: '\ud800' }] }),
    400,
    'invalidValue',
  ],
  ['10 MB for a user', 'POST', '/Users', `{"userName":"${'x'.repeat(10 * MIB)}"}`, 413],
  ['10 MB of white space for a user', 'PUT', '/Users/{alice}', `{${' '.repeat(10 * MIB)}}`, 413],
  ['17 MB for a group', 'POST', '/Groups', `{"displayName":"${'x'.repeat(17 * MIB)}"}`, 413],
  ['100,001 members', 'PUT', '/Groups/{guides}', members(100_001), 400, 'invalidValue'],
  [
    '1,001 operations',
    'PATCH',
    '/Users/{alice}',
    patch(...Array.from({ length: 1001 }, () => ({ op: 'replace', path: 'title', value: 'x' }))),
    413,
  ],
  ['a number that overflows', 'PATCH', '/Users/{alice}', title('1e400'), 400, 'invalidValue'],
  [
    'a number that would be rounded',
    'PATCH',
    '/Users/{alice}',
    title('123456789012345678901234567890'),
    400,
    'invalidValue',
  ],
  [
    'a number for a boolean',
    'PATCH',
    '/Users/{alice}',
    patch({ op: 'replace', path: 'active', value: 1e300 }),
    400,
    'invalidValue',
  ],
  [
    'an unknown attribute',
    'PATCH',
    '/Users/{alice}',
    patch({ op: 'add', path: 'shoeSize', value: 'x' }),
    400,
    'invalidPath',
  ],
  [
    'a path to a prototype',
    'PATCH',
    '/Users/{alice}',
    patch({ op: 'add', path: '__proto__.active', value: false }),
    400,
    'invalidPath',
  ],
  [
    'a change of a read-only attribute',
    'PATCH',
    '/Users/{alice}',
    patch({ op: 'replace', path: 'meta.created', value: '2020-01-01T00:00:00Z' }),
    400,
    'mutability',
  ],
  [
    'a replace of an absent value',
    'PATCH',
    '/Users/{alice}',
    patch({ op: 'replace', path: 'emails[type eq "home"]', value: { value: 'x' } }),
    400,
    'noTarget',
  ],
  ['a filter on discovery', 'GET', '/ResourceTypes?filter=x', undefined, 403],
  ['the user of a token', 'GET', '/Me', undefined, 501],
  [
    'an unknown user',
    'PATCH',
    '/Users/018f0000-0000-7000-8000-000000000000',
    patch({ op: 'remove', path: 'title' }),
    404,
  ],
  ['an unknown group', 'DELETE', '/Groups/018f0000-0000-7000-8000-000000000000', undefined, 404],
];

describe('bad input over HTTP', () => {
  let tidegate: Tidegate;
  let okta: Tenant;
  let ids: { alice: string; guides: string };
  beforeAll(async () => {
    tidegate = await startInProcess();
    okta = await newTenant(tidegate);
    const alicesId = idOf(await call(okta, 'POST', '/Users', JSON.stringify(alice())));
    const group = { displayName: 'Guides', members: [{ value: alicesId }] };
    ids = { alice: alicesId, guides: idOf(await call(okta, 'POST', '/Groups', JSON.stringify(group))) };
  });
  afterAll(() => tidegate?.stop());

  const idOf = ({ body }: Answer) => (body as { id: string }).id;
  const call = ({ scimBaseUrl, token }: Tenant, method: string, path: string, body?: string | Buffer, more = {}) => {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/scim+json' };
    const filledPath = path.replace('{alice}', ids?.alice).replace('{guides}', ids?.guides);
    return send(method, scimBaseUrl + filledPath, { authorization: `Bearer ${token}`, ...type, ...more }, body);
  };
  /** All users and groups. */
  const everything = async () => (await call(okta, 'GET', '')).body as { totalResults: number };

  it.each(ROWS.map((row) => [row[0], row] as const))('%s is refused, and nothing is changed', async (_, row) => {
    const [, method, path, body, status, scimType] = row;
    const before = await everything();
    const answer = await call(okta, method, path, body);
    expect([answer.status, answer.text.slice(0, 500)]).toEqual([status, expect.stringContaining('detail')]);
    expect(answer.headers['content-type']).toBe('application/scim+json');
    expect(answer.body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      detail: expect.stringMatching(/./),
      ...(scimType ? { scimType } : {}),
    });
    expect(await everything()).toEqual(before);
    expect(before.totalResults).toBe(2);
  });

  it('a filter of 1 MB in the URL is refused before it is read', async () => {
    const answer = await call(okta, 'GET', `/Users?filter=${'x'.repeat(MIB)}`).catch(() => 'reset');
    expect(answer).toEqual(answer === 'reset' ? 'reset' : expect.objectContaining({ status: 431 }));
  });

  it.each(['/Users', '/Groups', '/Bulk', '/.search', '/Users/.search', '/Groups/.search'])(
    'a body for %s of another type is refused with 415',
    async (path) => {
      for (const type of [
        'text/plain',
        'application/xml',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json-patch+json',
      ]) {
        const answer = await call(okta, 'POST', path, '{}', { 'content-type': type });
        expect([type, answer.status, (answer.body as { status: string }).status]).toEqual([type, 415, '415']);
      }
    },
  );

  it.each(['If-Match', 'If-None-Match'])('preconditions are checked: %s', async (name) => {
    const { headers } = await call(okta, 'GET', '/Users/{alice}');
    const tag = String(headers['etag']);
    const change = (value: string) => call(okta, 'PATCH', '/Users/{alice}', title('"never"'), { [name]: value });
    if (name === 'If-Match')
      for (const old of ['W/"0"', '"nonsense"', '']) expect((await change(old)).status).toBe(412);
    else {
      expect((await change('*')).status).toBe(412);
      for (const known of [tag, `"x", ${tag}`, '*']) {
        const answer = await call(okta, 'GET', '/Users/{alice}', undefined, { [name]: known });
        expect([answer.status, answer.text, answer.headers['etag']]).toEqual([304, '', tag]);
      }
      expect((await call(okta, 'GET', '/Users/{alice}', undefined, { [name]: 'W/"0"' })).status).toBe(200);
    }
    expect((await call(okta, 'GET', '/Users/{alice}')).headers['etag']).toBe(tag);
  });

  it.each(['/Users', '/Users/{alice}', '/Groups/{guides}', '/Schemas', '/ServiceProviderConfig'])(
    'HEAD %s is GET without the body',
    async (path) => {
      const [get, head] = [await call(okta, 'GET', path), await call(okta, 'HEAD', path)];
      expect([head.status, head.text]).toEqual([200, '']);
      for (const name of ['content-type', 'etag', 'location', 'content-location'])
        expect(head.headers[name]).toBe(get.headers[name]);
    },
  );

  it.each(['/ServiceProviderConfig', '/Schemas', '/ResourceTypes', '/ResourceTypes/User'])(
    'a write to %s is refused without reading its endless body',
    async (path) => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const text = await withoutEnd(method, path);
        expect(text).toMatch(/^HTTP\/1\.1 405 /);
        expect(text).toMatch(/\r\nallow: GET, HEAD\r\n/i);
      }
    },
  );

  it('a flood of bad input from one integration does not block others', async () => {
    const other = await newTenant(tidegate);
    const flood = Array.from({ length: 4 }, () =>
      ROWS.map(([, method, path, body]) => call(okta, method, path, body)),
    ).flat();
    const bob = await call(other, 'POST', '/Users', JSON.stringify({ userName: 'bob' }));
    expect(bob).toMatchObject({ status: 201, body: { userName: 'bob' } });
    const found = await call(other, 'GET', '/Users?filter=userName%20eq%20%22bob%22');
    expect(found).toMatchObject({ status: 200, body: { totalResults: 1, Resources: [{ id: idOf(bob) }] } });
    expect(await call(other, 'DELETE', `/Users/${idOf(bob)}`)).toMatchObject({ status: 204 });
    const answers = await Promise.all(flood);
    expect(answers.filter(({ status }) => status < 400 || status === 500)).toEqual([]);
    expect(await everything()).toMatchObject({ totalResults: 2 });
  });

  /** Sends the head of a request and the start of its body. @returns the response */
  function withoutEnd(method: string, path: string): Promise<string> {
    const { hostname, port, pathname } = new URL(okta.scimBaseUrl + path);
    return new Promise((resolve, reject) => {
      const socket: Socket = connect(Number(port), hostname, () =>
        socket.write(
          [
            `${method} ${pathname} HTTP/1.1`,
            'Host: x',
            `Authorization: Bearer ${okta.token}`,
            'Content-Type: application/scim+json',
            'Transfer-Encoding: chunked',
            '',
            '2\r\n{"\r\n',
          ].join('\r\n'),
        ),
      );
      socket.once('data', (chunk) => resolve((socket.destroy(), chunk.toString('latin1'))));
      socket.once('error', reject);
    });
  }
});
