import { alice, eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { MissedCallsWorker } from '../src/activity/missed-calls.worker.js';
import { ProvisioningLog } from '../src/activity/provisioning-log.service.js';
import { newIntegration, openGateway, type TestGateway, type TestIntegration, userRecord } from './harness.js';

const BOB = { ...alice(), userName: 'bob@example.com' };
const OFF = { Operations: [{ op: 'replace', value: { active: false } }] };

describe('calls that were refused while an integration was disabled', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  beforeAll(async () => void (gateway = await openGateway()));
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.transport.handlers = {
      'users.list': () => ({ totalResults: 0, items: [] }),
      'users.create': () => userRecord({ attributes: { userName: BOB.userName } }),
      'users.patch': ({ id }) => userRecord({ id, active: false }),
      'users.replace': ({ id }) => userRecord({ id }),
      'users.delete': () => ({}),
    };
    okta = await newIntegration(gateway);
    await okta.scim('GET', '/Users');
  });

  const path = () => `/integrations/${okta.id}`;
  const shown = async () =>
    (await gateway.api('GET', path())).json<{ name: string; status: string; statusReason: { code: string } }>();
  const status = async () => {
    await gateway.app.get(ProvisioningLog).flush();
    await gateway.app.get(MissedCallsWorker).updateOnce();
    const { status: is, statusReason } = await shown();
    return [is, statusReason.code];
  };
  const check = async () => {
    const { checks } = (await gateway.api('GET', `${path()}/connection`)).json<{ checks: { name: string }[] }>();
    return checks.find(({ name }) => name === 'missed_calls');
  };
  const disable = async () => {
    const { name } = await shown();
    expect((await gateway.api('POST', `${path()}/disable`, { confirm: name })).statusCode).toBe(200);
    await eventually(async () => expect((await okta.scim('GET', '/ServiceProviderConfig')).statusCode).toBe(403));
  };
  const enable = async () => {
    const enabled = (await gateway.api('POST', `${path()}/enable`)).json();
    await eventually(async () => expect((await okta.scim('GET', '/ServiceProviderConfig')).statusCode).toBe(200));
    return enabled;
  };
  const lookup = () => `/Users?filter=${encodeURIComponent(`userName eq "${BOB.userName.toUpperCase()}"`)}`;

  it('are counted when it is enabled, and are a warning until each is repeated', async () => {
    const erin = uuidv7();
    await disable();
    for (const body of [OFF, OFF]) await okta.scim('PATCH', `/Users/${erin}`, body);
    await okta.scim('GET', lookup());
    await okta.scim('GET', '/Users');
    const enabled = await enable();
    expect(enabled).toMatchObject({
      status: 'warning',
      statusReason: { code: 'calls_missed' },
      refusedWhileDisabled: {
        since: expect.stringMatching(/Z$/),
        operations: [
          { operation: 'discover', calls: 1 },
          { operation: 'list', calls: 2 },
          { operation: 'patch', calls: 1 },
        ],
        calls: 4,
        missedObjects: 2,
      },
    });
    expect(await status()).toEqual(['warning', 'calls_missed']);
    expect(await check()).toMatchObject({ state: 'failed', message: expect.stringContaining('2 users and groups') });
    await okta.scim('PATCH', `/Users/${uuidv7()}`, OFF);
    await okta.scim('PUT', `/Users/${erin}`, alice());
    await okta.scim('GET', lookup());
    expect(await status()).toEqual(['warning', 'calls_missed']);
    await okta.scim('PATCH', `/Users/${erin}`, OFF);
    expect(await status()).toEqual(['warning', 'calls_missed']);
    expect(await check()).toMatchObject({ state: 'failed', message: expect.stringContaining('1 user or group') });
    await okta.scim('POST', '/Users', BOB);
    expect(await status()).toEqual(['active', 'connected']);
    expect(await check()).toMatchObject({ state: 'ok', since: null });
  });

  it('are over with a deletion of the object, and not with a repeat that is refused', async () => {
    const erin = uuidv7();
    await disable();
    await okta.scim('PATCH', `/Users/${erin}`, OFF);
    await enable();
    delete gateway.transport.handlers['users.patch'];
    await okta.scim('PATCH', `/Users/${erin}`, OFF);
    expect(await status()).toEqual(['warning', 'calls_missed']);
    await okta.scim('DELETE', `/Users/${erin}`);
    expect(await status()).toEqual(['active', 'connected']);
  });

  it('can be dismissed, also those whose object is unknown', async () => {
    await disable();
    await okta.scim('POST', '/Users', alice());
    expect(await enable()).toMatchObject({ status: 'warning', refusedWhileDisabled: { missedObjects: 1 } });
    await okta.scim('POST', '/Users', alice());
    expect(await status()).toEqual(['warning', 'calls_missed']);
    for (let twice = 0; twice < 2; twice++)
      expect((await gateway.api('DELETE', `${path()}/missed-calls`)).statusCode).toBe(204);
    expect(await status()).toEqual(['active', 'connected']);
    await disable();
    await okta.scim('DELETE', `/Users/${uuidv7()}`);
    expect(await enable()).toMatchObject({ status: 'warning', refusedWhileDisabled: { missedObjects: 1 } });
    expect((await gateway.api('DELETE', `/integrations/${uuidv7()}/missed-calls`)).statusCode).toBe(404);
  });

  it('are none for an integration that was enabled already, or received only reads without an object', async () => {
    const none = { calls: 0, since: null, operations: [], missedObjects: 0 };
    expect(await enable()).toMatchObject({ status: 'active', refusedWhileDisabled: none });
    await disable();
    await okta.scim('GET', '/Users');
    expect(await enable()).toMatchObject({ status: 'active', refusedWhileDisabled: { missedObjects: 0 } });
  });

  it('of one integration are no warning for another', async () => {
    const other = await newIntegration(gateway);
    await other.scim('GET', '/Users');
    const erin = uuidv7();
    await disable();
    await okta.scim('PATCH', `/Users/${erin}`, OFF);
    await enable();
    await other.scim('PATCH', `/Users/${erin}`, OFF);
    expect(await status()).toEqual(['warning', 'calls_missed']);
    expect((await gateway.api('GET', `/integrations/${other.id}`)).json()).toMatchObject({ status: 'active' });
  });
});
