import { currentTrace } from '@tidegate/observability';
import { eventually } from '@tidegate/testing';
import { API_KEY, newIntegration, openGateway, type TestIntegration, type TestGateway, userRecord } from './harness.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACE = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`, tracestate: 'rojo=00f067aa0ba902b7' };
const NEW = /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/;

describe('the trace of a call', () => {
  let gateway: TestGateway;
  let integration: TestIntegration;
  let asked: unknown[] = [];
  beforeAll(async () => {
    gateway = await openGateway();
    integration = await newIntegration(gateway);
    const user = userRecord();
    gateway.transport.handlers['users.create'] = () => {
      asked.push(currentTrace());
      return user;
    };
  });
  beforeEach(() => {
    asked = [];
    gateway.log.length = 0;
  });
  afterAll(() => gateway.close());

  const create = (headers: Record<string, string>) =>
    integration.scim(
      'POST',
      '/Users',
      { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'alice' },
      headers,
    );
  const line = () =>
    gateway.log.map((text) => JSON.parse(text) as Record<string, unknown>).find(({ msg }) => msg === 'request');

  it('is taken from its headers and is in commands and the log line; the request id is separate', async () => {
    const answer = await create({ ...TRACE, 'x-request-id': 'request-1' });
    expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([201, 'request-1']);
    expect(asked).toEqual([TRACE]);
    expect(line()).toMatchObject({ requestId: 'request-1', traceId: TRACE_ID });
  });

  it.each<Record<string, string>>([
    {},
    { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, tracestate: 'rojo=1' },
    { traceparent: 'x' },
  ])('is a new one where the headers are %j', async (headers) => {
    expect((await create(headers)).statusCode).toBe(201);
    expect(asked).toEqual([{ traceparent: expect.stringMatching(NEW) as string }]);
    expect(line()?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is in the events of its change', async () => {
    const payload = { type: 'okta-scim', name: 'traced', domain: 'example.okta.com' };
    const headers = { authorization: `Bearer ${API_KEY}`, ...TRACE };
    const { id } = (await gateway.request('POST', '/api/v1/integrations', { headers, payload })).json<{ id: string }>();
    await eventually(() =>
      expect(gateway.transport.events.find(({ subject }) => subject === id)).toMatchObject({
        name: 'integration.created',
        ...TRACE,
      }),
    );
  });
});
