import { alice, amqpTests, type CollectedSpan, eventually, OtlpCollector } from '@tidegate/testing';
import { api, newTenant, send, type Tenant } from './http.js';
import { API_KEY, startSystem, type System } from './system.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER_SPAN = '00f067aa0ba902b7';
const GROUP = 'Keepers of the vault';
const REASON = 'because the auditors come tomorrow';

amqpTests('traces', () => {
  let collector: OtlpCollector;
  let tenant: Tenant;
  let spans: CollectedSpan[];

  beforeAll(async () => {
    collector = await OtlpCollector.start();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      PRIVATE_ISSUERS: 'true',
      LOG_LEVEL: 'warn',
    };
    const system = await startSystem({ env });
    try {
      tenant = await newTenant(system);
      await grantAndDeactivate(system);
      const provider = { issuer: collector.url, clientId: 'a', clientSecret: 'b'.repeat(20), label: 'Okta' };
      // Refused, after a call to the issuer: the collector is no login provider.
      await api(system, 'POST', '/login-providers', { ...provider, integrationIds: [] }).catch(() => undefined);
    } finally {
      await system.stop(); // sends the remaining spans
    }
    spans = collector.spans.filter(({ traceId }) => traceId === TRACE_ID);
  });
  afterAll(() => collector?.stop());

  const scim = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    send(
      method,
      tenant.scimBaseUrl + path,
      { authorization: `Bearer ${tenant.token}`, 'content-type': 'application/scim+json', ...headers },
      body && JSON.stringify(body),
    );

  async function grantAndDeactivate(system: System): Promise<void> {
    const { id: userId } = (await scim('POST', '/Users', alice())).body as { id: string };
    const { id: groupId } = (await scim('POST', '/Groups', { displayName: GROUP })).body as { id: string };
    await scim('GET', `/Users?filter=userName%20eq%20%22${alice().userName}%22`);
    await scim('GET', `/Users/${alice().userName}`);
    await scim('POST', '/Users', alice()); // a conflict
    const flow = {
      ...{ integrationId: tenant.integrationId, name: GROUP, groupIds: [groupId], maxDurationSeconds: 3600 },
      ...{ eligibility: { kind: 'everyone' }, steps: [] },
    };
    const { id: flowId } = await eventually(() => api<{ id: string }>(system, 'POST', '/access-flows', flow));
    const request = { flowId, userId, groupId, durationSeconds: 3600, justification: REASON };
    await eventually(() => api(system, 'POST', '/access-requests', request));
    const statusIs = (status: string) =>
      eventually(async () => {
        const { items } = await api<{ items: { status: string }[] }>(system, 'GET', `/grants?userId=${userId}`);
        expect(items).toMatchObject([{ status }]);
      });
    await statusIs('active');
    const deactivation = { Operations: [{ op: 'replace', value: { active: false } }] };
    const traceparent = `00-${TRACE_ID}-${CALLER_SPAN}-01`;
    expect(await scim('PATCH', `/Users/${userId}`, deactivation, { traceparent })).toMatchObject({ status: 200 });
    await statusIs('ended');
  }

  const SERVICES = ['tidegate-gateway', 'tidegate-identity', 'tidegate-access-flow'];
  const named = (name: string) => spans.filter((span) => span.name === name);
  /** The names of a span and its parents, from the first. */
  const pathOf = (span: CollectedSpan | undefined): string[] =>
    span ? [...pathOf(collector.parentOf(span)), `${span.service.slice('tidegate-'.length)}: ${span.name}`] : [];

  it('one trace has the call, what it caused in all services, and nothing without a parent', () => {
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(SERVICES));
    const [first, ...others] = spans.filter((span) => !collector.parentOf(span));
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      ...{ name: 'PATCH /scim/v2/:integrationId/Users/:id', kind: 2, parentSpanId: CALLER_SPAN, failed: false },
      attributes: {
        'http.request.method': 'PATCH',
        'http.route': '/scim/v2/:integrationId/Users/:id',
        'http.response.status_code': 200,
        'tidegate.integration_id': tenant.integrationId,
      },
    });
  });

  it('the parents lead from the end of the grant to the call', () => {
    const ended = named('publish grant.ended').map(pathOf);
    expect(ended).toEqual([
      [
        'gateway: PATCH /scim/v2/:integrationId/Users/:id',
        'gateway: send users.patch',
        'identity: process users.patch',
        'identity: transaction identity',
        'identity: publish user.deactivated',
        'access-flow: process user.deactivated',
        'access-flow: transaction access_flow',
        'access-flow: job target.directory',
        'access-flow: transaction access_flow',
        'access-flow: publish grant.ended',
      ],
    ]);
    expect(named('INSERT identity.outbox').map(pathOf)).toEqual([
      [...ended[0]!.slice(0, 4), 'identity: INSERT identity.outbox'],
    ]);
  });

  it('messages, statements and jobs have the attributes of the conventions and the integration', () => {
    const exchange = expect.stringMatching(/tidegate\.commands\.identity$/) as string;
    expect(named('send users.patch')[0]).toMatchObject({
      kind: 3,
      attributes: { 'messaging.system': 'rabbitmq', 'messaging.destination.name': exchange },
    });
    expect(named('process user.deactivated')[0]).toMatchObject({
      kind: 5,
      attributes: { 'messaging.system': 'rabbitmq', 'messaging.operation.type': 'process' },
    });
    expect(named('INSERT identity.outbox')[0]).toMatchObject({
      kind: 3,
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': expect.stringContaining('$1') as string },
    });
    for (const { name, attributes } of spans.filter(({ attributes }) => !('db.query.summary' in attributes)))
      expect([name, attributes['tidegate.integration_id']]).toEqual([name, tenant.integrationId]);
  });

  it('a call without a trace begins one, and work that no call caused is not recorded', () => {
    const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === '');
    expect(roots.length).toBeGreaterThan(5);
    expect(roots.filter(({ kind }) => kind !== 2)).toEqual([]);
    expect(collector.spans.filter((span) => span.parentSpanId && !collector.parentOf(span))).toEqual([
      expect.objectContaining({ parentSpanId: CALLER_SPAN }),
    ]);
  });

  it('a refusal is a result, and not a failure', () => {
    const refused = collector.spans.filter(({ attributes }) => attributes['error.type'] === 'uniqueness');
    expect(refused.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['send users.create', 'process users.create']),
    );
    expect(refused.filter(({ failed }) => failed)).toEqual([]);
  });

  it('a call to a login provider is recorded with its host, and the provider gets no trace', () => {
    const [call] = collector.spans.filter(({ name, kind }) => name === 'GET' && kind === 3);
    expect(call?.attributes).toEqual({
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(collector.url).port),
      'http.response.status_code': 200,
    });
    expect(collector.received.join()).not.toContain('"traceparent":');
  });

  it('no span has a name, a token, a key or a value of a statement', () => {
    const sent = collector.received.join();
    const { userName, name, displayName, externalId } = alice();
    const secrets = [API_KEY, tenant.token, tenant.token.slice(4), GROUP, REASON];
    for (const secret of [...secrets, userName, name.familyName, displayName, externalId])
      expect([secret, sent.includes(secret)]).toEqual([secret, false]);
  });
});
