import { eventually } from '@tidegate/testing';
import { ORIGIN } from './browser.js';
import { type TestGateway, newIntegration, openGateway } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

const ROOT = { kind: 'apiKey', keyId: 'configured', name: 'configured key', network: '127.0.0.0/24' };

describe('changes by administrators', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let here: string;
  let dan: Awaited<ReturnType<People['person']>>;
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    here = (await newIntegration(gateway)).id;
    const people = await People.at(gateway, issuer, [here]);
    dan = await people.person({ of: [here], roles: [{ role: 'admin' }] });
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const byDan = () => ({
    kind: 'person',
    issuer: issuer.url,
    subject: dan.subject,
    userId: dan.users[here],
    network: '127.0.0.0/24',
  });

  it('are returned for the creation and last change of an integration', async () => {
    const path = `/integrations/${here}`;
    expect((await gateway.api('GET', path)).json()).toMatchObject({ createdBy: ROOT, updatedBy: null });
    const { name } = (await gateway.api('GET', path)).json<{ name: string }>();
    const changes: [string, string, object][] = [
      ['PATCH', path, { disconnectedAfterSeconds: 3600 }],
      ['POST', `${path}/disable`, { confirm: name }],
      ['POST', `${path}/enable`, {}],
    ];
    for (const [method, where, body] of changes) {
      expect((await dan.api(method, where, body)).json()).toMatchObject({ createdBy: ROOT, updatedBy: byDan() });
      expect((await gateway.api('PATCH', path, { disconnectedAfterSeconds: 0 })).json()).toMatchObject({
        updatedBy: ROOT,
      });
      await gateway.api('PATCH', path, { disconnectedAfterSeconds: 7200 });
    }
  });

  it('are part of the events of an integration', async () => {
    const { id } = (
      await dan.api('POST', '/integrations', {
        type: 'okta-scim',
        name: 'created by dan',
        domain: 'example.okta.com',
      })
    ).json<{ id: string }>();
    const { userId: _, ...person } = byDan();
    const created = () => gateway.transport.events.find(({ subject }) => subject === id);
    await eventually(() => expect(created()).toMatchObject({ name: 'integration.created', actor: person }));
  });

  it('shows who created a token and its successor', async () => {
    const { id } = await newIntegration(gateway);
    const path = `/integrations/${id}/tokens`;
    const [first] = (await gateway.api('GET', path)).json<{ items: { id: string }[] }>().items;
    expect(first).toMatchObject({ createdBy: ROOT });
    await dan.api('POST', `${path}/${first!.id}/rotate`, {});
    const { userId: _, ...person } = byDan();
    expect((await gateway.api('GET', path)).json().items).toMatchObject([{ createdBy: ROOT }, { createdBy: person }]);
  });

  it('shows who created an OAuth client and its secrets, and who changed it last', async () => {
    const path = `/integrations/${here}/oauth-client`;
    const made = await gateway.api('POST', path, { appName: 'acme_tidegate_1' });
    expect(made.json()).toMatchObject({ createdBy: ROOT, updatedBy: null, secrets: [{ createdBy: ROOT }] });
    expect((await dan.api('PATCH', path, { appName: 'acme_tidegate_2' })).json()).toMatchObject({ updatedBy: byDan() });
    await dan.api('POST', `${path}/secrets`, {});
    expect((await gateway.api('GET', path)).json()).toMatchObject({
      createdBy: ROOT,
      updatedBy: byDan(),
      secrets: [{ createdBy: ROOT }, { createdBy: byDan() }],
    });
  });
});
