import { ScimError } from '@tidegate/scim';
import { alice } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { ProvisioningLog } from '../src/activity/provisioning-log.service.js';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';
import { asOwner } from './owner.js';

interface ConnectionJson {
  ready: boolean;
  checkedAt: string;
  refusals: { status: number; operation: string; advice: string }[];
  checks: { name: string; state: string; since: string | null; message: string }[];
}

describe('the connection checks', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway({ publicUrl: 'https://tidegate.example' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    okta = await newIntegration(gateway);
    Object.assign(gateway.transport.handlers, {
      'users.list': () => ({ totalResults: 0, items: [] }),
      'groups.list': () => ({ totalResults: 0, items: [] }),
      'users.create': () => userRecord(),
      'users.patch': ({ id }: { id: string }) => userRecord({ id, active: false }),
      'groups.create': () => groupRecord(),
    });
  });

  const look = async (integration = okta) => {
    await gateway.app.get(ProvisioningLog).flush();
    return (await gateway.api('GET', `/integrations/${integration.id}/connection`)).json<ConnectionJson>();
  };
  const states = async () => Object.fromEntries((await look()).checks.map(({ name, state }) => [name, state]));

  it('report each step from the first call to the first deactivation', async () => {
    const begun = { public_url: 'ok', credential: 'ok', refusals: 'ok', missed_calls: 'ok', clock: 'ok' };
    const nothing = {
      first_call: 'missing',
      connection_test: 'missing',
      user_push: 'missing',
      group_push: 'missing',
      deactivation: 'missing',
    };
    expect(await states()).toEqual({ ...begun, ...nothing });
    expect((await look()).ready).toBe(false);

    await okta.scim('GET', '/Users?startIndex=1&count=2');
    expect(await states()).toEqual({ ...begun, ...nothing, first_call: 'ok' });
    await okta.scim('GET', '/Groups?startIndex=1&count=100');
    const tested = { ...begun, first_call: 'ok', connection_test: 'ok' };
    expect(await states()).toEqual({ ...nothing, ...tested });
    expect((await look()).ready).toBe(true);

    await okta.scim('POST', '/Users', alice());
    await okta.scim('POST', '/Groups', { displayName: 'Database admins' });
    const pushed = { ...tested, user_push: 'ok', group_push: 'ok' };
    expect(await states()).toEqual({ ...nothing, ...pushed });
    await okta.scim('PATCH', `/Users/${uuidv7()}`, { Operations: [{ op: 'replace', value: { active: false } }] });
    expect(await states()).toEqual({ ...pushed, deactivation: 'ok' });
    const { checkedAt, checks } = await look();
    for (const { name, since } of checks.filter(({ since }) => since !== null))
      expect([name, Math.abs(Date.parse(since!) - Date.parse(checkedAt)) < 60_000]).toEqual([name, true]);
  });

  it('keep milestones after their entries are deleted', async () => {
    await okta.scim('POST', '/Users', alice());
    await look();
    await asOwner(gateway, (query) =>
      query('DELETE FROM gateway.provisioning_log WHERE integration_id = $1', [okta.id]),
    );
    expect(await states()).toMatchObject({ first_call: 'ok', user_push: 'ok' });
  });

  it('report the last refusal with advice', async () => {
    gateway.transport.handlers['users.create'] = () => {
      throw new ScimError('uniqueness', 'Another user has this userName.');
    };
    await okta.scim('POST', '/Users', alice());
    delete gateway.transport.handlers['users.patch'];
    await okta.scim('PATCH', `/Users/${uuidv7()}`, { Operations: [] });
    await okta.scim('POST', '/Users', alice());
    const { checks, refusals } = await look();
    expect(refusals).toMatchObject([
      { status: 409, advice: expect.stringMatching(/^Another user or group has this name/) },
      { status: expect.any(Number), operation: 'patch' },
      { status: 409 },
    ]);
    const check = checks.find(({ name }) => name === 'refusals')!;
    expect(check.state).toBe('failed');
    expect(check.message).toMatch(/\(create\) got 409: Another user has this userName\. .*retry the task/);
  });

  it('report an expired last token and an unusable PUBLIC_URL', async () => {
    await asOwner(gateway, (query) =>
      query(`UPDATE gateway.scim_tokens SET expires_at = now() - interval '1 day' WHERE integration_id = $1`, [
        okta.id,
      ]),
    );
    expect(await states()).toMatchObject({ credential: 'failed' });
    await gateway.api('DELETE', `/integrations/${okta.id}/tokens/${okta.tokenId}`);
    expect(await states()).toMatchObject({ credential: 'missing' });
    const local = await openGateway({ databaseUrl: gateway.databaseUrl, publicUrl: 'http://localhost:3000' });
    try {
      const { checks } = (await local.api('GET', `/integrations/${okta.id}/connection`)).json<ConnectionJson>();
      expect(checks[0]).toMatchObject({ name: 'public_url', state: 'failed' });
    } finally {
      await local.close();
    }
  });

  it('shows no data of another integration', async () => {
    const other = await newIntegration(gateway);
    await other.scim('GET', '/Users?startIndex=1&count=2');
    expect(await states()).toMatchObject({ first_call: 'missing' });
    expect((await gateway.api('GET', `/integrations/${uuidv7()}/connection`)).statusCode).toBe(404);
  });
});
