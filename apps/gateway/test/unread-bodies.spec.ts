import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '@tidegate/testing';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

const MIB = 1024 * 1024;
const PATCH_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const GROUP_URN = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const CHUNKED = 'Transfer-Encoding: chunked';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

describe('bodies in transit', () => {
  let gateway: TestGateway;
  let here: TestIntegration;
  let there: TestIntegration;
  let port: number;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    gateway = await openGateway({ maxWaitingBytes: 64 * MIB });
    [here, there] = [await newIntegration(gateway), await newIntegration(gateway)];
    await gateway.app.listen(0, '127.0.0.1');
    port = (gateway.app.getHttpServer().address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await eventually(async () => expect(await complete(here)).not.toBe(429));
  });
  afterAll(() => gateway.close());

  /** Sends the head of a request. @param size the header with the length of the body */
  const head = ({ id, token }: TestIntegration, size: string, path = '/Groups', method = 'POST'): Socket => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const lines = [`${method} /scim/v2/${id}${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${token}`, size];
    socket.write(`${lines.join('\r\n')}\r\nContent-Type: application/scim+json\r\n\r\n`);
    return socket;
  };
  /** Sends the head of a request and the beginning of its body. @param length in bytes; null: chunked, of unknown length */
  const begin = (integration: TestIntegration, length: number | null): Socket => {
    const socket = head(integration, length === null ? CHUNKED : `Content-Length: ${length}`);
    socket.write(length === null ? chunk(`{${' '.repeat(8 * 1024)}`) : '{');
    return socket;
  };
  /**
   * Sends a whole body in chunks of 5,000 bytes.
   * @param length pads the body with spaces to this length
   * @returns the status of the response
   */
  const sendInChunks = async (method: string, path: string, content: object, length = 0) => {
    const socket = head(here, CHUNKED, path, method);
    const response = once(socket, 'data') as Promise<[Buffer]>;
    const body = JSON.stringify(content).padEnd(length);
    for (let at = 0; at < body.length; at += 5_000) socket.write(chunk(body.slice(at, at + 5_000)));
    socket.write(chunk(''));
    return String((await response)[0]).split(' ')[1];
  };
  /** Begins three requests, of which the integration's half of the budget holds two. @returns how many are answered by then */
  const fill = async (length: number | null): Promise<string[]> => {
    const answers: string[] = [];
    for (const socket of [1, 2, 3].map(() => begin(here, length)))
      socket.once('data', (bytes) => answers.push(String(bytes).split(' ')[1] ?? ''));
    await eventually(() => expect(answers).not.toEqual([]));
    return answers;
  };
  /** Sends a whole body that is big enough to be counted. */
  const complete = async ({ scim }: TestIntegration): Promise<number> =>
    (await scim('POST', '/Groups', { displayName: 'Ops', externalId: 'x'.repeat(200_000) })).statusCode;

  it.each([
    ['of a known length', 16 * MIB],
    ['in chunks', null],
  ])('%s are limited to half of the capacity per integration', async (_, length) => {
    expect(await fill(length)).toEqual(['429']);
    expect(await complete(here)).toBe(429);
    expect(await complete(there)).not.toBe(429);
  });

  it('do not block small bodies, which may take access away', async () => {
    expect(await fill(16 * MIB)).toEqual(['429']);
    const user = userRecord({ active: false });
    gateway.transport.handlers['users.patch'] = () => user;
    const Operations = [{ op: 'replace', value: { active: false } }];
    const answer = await here.scim('PATCH', `/Users/${user.id}`, { Operations });
    expect(answer.statusCode).toBe(200);
  });

  it('do not block chunked bodies that are small, which may take access away', async () => {
    begin(here, null); // occupies the integration's slot for bodies of unknown length
    expect(await fill(16 * MIB)).toContain('429');
    const user = userRecord({ active: false });
    gateway.transport.handlers['users.patch'] = () => user;
    const Operations = [{ op: 'replace', value: { active: false } }];
    expect(await sendInChunks('PATCH', `/Users/${user.id}`, { schemas: [PATCH_URN], Operations })).toBe('200');
  });

  it.each([1, 8_000, 9_000, 20_000, 100_000, 500_000])('may be chunked, of %i bytes', async (length) => {
    gateway.transport.handlers['groups.create'] = () => groupRecord();
    const group = { schemas: [GROUP_URN], displayName: 'Ops' };
    expect(await sendInChunks('POST', '/Groups', group, length)).toBe('201');
  });

  it('that are refused do not block the next request of their connection', async () => {
    // Repeated: a body that arrives while `complete` has the slot is refused, and occupies nothing.
    await eventually(async () => {
      begin(here, null);
      expect(await complete(here)).toBe(429);
    });
    const socket = begin(here, null);
    let received = '';
    socket.on('data', (bytes) => (received += String(bytes)));
    await eventually(() => expect(received).toContain(' 429 '));
    for (let i = 0; i < 20; i++) socket.write(chunk(' '.repeat(10_000)));
    socket.write(chunk(''));
    socket.write(
      `GET /scim/v2/${here.id}/ServiceProviderConfig HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${here.token}\r\n\r\n`,
    );
    await eventually(() => expect(received).toContain(' 200 '));
  });

  it('are released when parsed', async () => {
    for (let count = 0; count < 300; count++) expect(await complete(here)).not.toBe(429);
  });
});
