import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '@tidegate/testing';
import { type TestGateway, newIntegration, openGateway, type TestIntegration, userRecord } from './harness.js';

const MIB = 1024 * 1024;

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

  /** Sends the head of a request and a little of its body. @param length in bytes; null: chunked, of unknown length */
  const begin = ({ id, token }: TestIntegration, length: number | null, path = '/Groups', method = 'POST'): Socket => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const size = length === null ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
    const head = [`${method} /scim/v2/${id}${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${token}`, size];
    socket.write(`${head.join('\r\n')}\r\nContent-Type: application/scim+json\r\n\r\n`);
    socket.write(length === null ? '1\r\n{\r\n' : '{');
    return socket;
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

  it('are released when parsed', async () => {
    for (let count = 0; count < 300; count++) expect(await complete(here)).not.toBe(429);
  });
});
