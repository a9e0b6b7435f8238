import { deflateSync, gzipSync } from 'node:zlib';
import { recordingServer, type Received, type Reply } from './recording-server.js';
import { ScimClient, type ScimClientOptions } from '../src/scim-client.js';

type Server = Awaited<ReturnType<typeof recordingServer>>;

describe("Okta's SCIM client", () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function clientOf(
    answer: (received: Received) => Reply | null,
    options: Partial<ScimClientOptions> = {},
  ): Promise<{ client: ScimClient; server: Server }> {
    const server = await recordingServer(answer);
    const client = new ScimClient({ baseUrl: `${server.url}/scim/v2/abc/`, token: 't0k', ...options });
    closers.push(() => client.close(), server.close);
    return { client, server };
  }

  it('sends the headers of the published captures, in their order', async () => {
    const { client, server } = await clientOf(() => ({ status: 200, body: {} }));
    await client.send('GET', '/Users?startIndex=1&count=2');
    expect(server.received[0]).toMatchObject({
      method: 'GET',
      url: '/scim/v2/abc/Users?startIndex=1&count=2',
      body: '',
    });
    expect(server.received[0]?.rawHeaders).toEqual([
      ...['Accept', 'application/scim+json'],
      ...['Accept-Charset', 'utf-8'],
      ...['User-Agent', 'Okta SCIM Client 1.0.0'],
      ...['Authorization', 'Bearer t0k'],
      ...['Host', new URL(server.url).host],
      ...['Connection', 'Keep-Alive'],
      ...['Accept-Encoding', 'gzip,deflate'],
    ]);
  });

  it('writes with the SCIM media type, its charset and the body as JSON', async () => {
    const { client, server } = await clientOf(() => ({ status: 201, body: { id: '1' } }));
    await expect(client.send('POST', '/Users', { userName: 'ä' })).resolves.toEqual({ id: '1' });
    const { rawHeaders = [], body } = server.received[0] ?? {};
    expect(rawHeaders[rawHeaders.indexOf('Content-Type') + 1]).toBe('application/scim+json; charset=utf-8');
    expect(rawHeaders[rawHeaders.indexOf('Content-Length') + 1]).toBe('17');
    expect(body).toBe('{"userName":"ä"}');
  });

  it('sends a bare token with header authentication', async () => {
    const { client, server } = await clientOf(() => ({ status: 200, body: {} }), { authentication: 'bare' });
    await client.send('GET', '/Users');
    expect(server.received[0]?.rawHeaders).toContain('t0k');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ])('reads a response compressed with %s', async (encoding, pack) => {
    const { client } = await clientOf(() => ({
      status: 200,
      headers: { 'Content-Encoding': encoding },
      body: pack('{"totalResults":3}'),
    }));
    await expect(client.send('GET', '/Users')).resolves.toEqual({ totalResults: 3 });
  });

  it('accepts a 204 without a body', async () => {
    const { client } = await clientOf(() => ({ status: 204 }));
    await expect(client.send('PATCH', '/Groups/1', {})).resolves.toBeUndefined();
  });

  it.each([
    ['waits for Retry-After', ['7'], [7]],
    ['waits five minutes without it', [undefined], [300]],
    ['waits five minutes for a date', ['Wed, 21 Oct 2026 07:28:00 GMT'], [300]],
    ['doubles each further wait', ['3', '3', undefined], [3, 6, 12]],
  ])('after a 429 it %s, and then succeeds', async (_name, headers, expected) => {
    const waits: number[] = [];
    const left = [...headers];
    const { client } = await clientOf(
      () => (left.length === 0 ? { status: 200, body: { done: true } } : tooMany(left.shift())),
      { wait: async (seconds) => waits.push(seconds) },
    );
    await expect(client.send('PUT', '/Users/1', {})).resolves.toEqual({ done: true });
    expect(waits).toEqual(expected);
  });

  it('fails after the tenth 429', async () => {
    const waits: number[] = [];
    const { client, server } = await clientOf(() => tooMany('30'), { wait: async (seconds) => waits.push(seconds) });
    await expect(client.send('PATCH', '/Users/1', {})).rejects.toMatchObject({ status: 429, detail: 'slow down' });
    expect(server.received).toHaveLength(10);
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3840, 7680]);
  });

  it.each([301, 400, 401, 404, 409, 500, 501, 502, 503, 504])('never retries after %i', async (status) => {
    const { client, server } = await clientOf(() => ({
      status,
      headers: { 'Retry-After': '1' },
      body: { detail: 'why' },
    }));
    await expect(client.send('POST', '/Users', {})).rejects.toMatchObject({ status, detail: 'why' });
    expect(server.received).toHaveLength(1);
  });

  it('never retries after a timeout', async () => {
    const { client, server } = await clientOf(() => null, { timeoutSeconds: 0.2 });
    const failed = client.send('POST', '/Users', {});
    await expect(failed).rejects.toMatchObject({ status: undefined, detail: 'no response within 0.2 seconds' });
    expect(server.received).toHaveLength(1);
  });

  it('fails a task whose response is not JSON', async () => {
    const { client } = await clientOf(() => ({ status: 200, body: '<html>' }));
    await expect(client.send('GET', '/Users')).rejects.toMatchObject({ detail: 'the response is not a JSON object' });
  });
});

function tooMany(retryAfter: string | undefined): Reply {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
  return { status: 429, headers, body: { detail: 'slow down' } };
}
