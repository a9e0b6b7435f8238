import { type IntegrationState, MANAGER_ATTRIBUTES, type ManagerReport } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { ORIGIN } from './browser.js';
import { newIntegration, openGateway, type TestGateway, type TestIntegration, wrongFields } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

describe('managers', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let integration: TestIntegration;
  let path: string;
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
  });
  afterAll(() => Promise.all([gateway.close(), issuer.close()]));
  beforeEach(async () => {
    integration = await newIntegration(gateway);
    path = `/integrations/${integration.id}`;
  });

  const set = async (managerAttribute: unknown) => (await gateway.api('PATCH', path, { managerAttribute })).json();
  const published = () =>
    gateway.transport.events
      .filter(({ subject }) => subject === integration.id)
      .map(({ version, data }) => [version, (data as IntegrationState).managerAttribute]);

  describe('the attribute by which they are found', () => {
    it('is none by default, can be chosen and removed, and every change is in an event', async () => {
      expect((await gateway.api('GET', path)).json()).toMatchObject({ managerAttribute: null });
      expect(await set('email')).toMatchObject({ managerAttribute: 'email', version: 2 });
      expect(await set('email')).toMatchObject({ version: 2 });
      expect((await gateway.api('PATCH', path, { disconnectedAfterSeconds: 3600 })).json()).toMatchObject({
        managerAttribute: 'email',
      });
      expect(await set(null)).toMatchObject({ managerAttribute: null, version: 4 });
      await eventually(() =>
        expect(published()).toEqual([
          [1, null],
          [2, 'email'],
          [3, 'email'],
          [4, null],
        ]),
      );
    });

    it.each(MANAGER_ATTRIBUTES)('can be %s in a new integration', async (managerAttribute) => {
      const body = { type: 'generic-scim', name: `made ${uuidv7().slice(-12)}`, managerAttribute };
      expect((await gateway.api('POST', '/integrations', body)).json()).toMatchObject({ managerAttribute });
    });

    it.each(['badge', '', 'Email', 7, ['email'], { attribute: 'email' }, '__proto__'])(
      'is refused if it is %j',
      async (managerAttribute) => {
        expect(await wrongFields(gateway, 'PATCH', path, { managerAttribute })).toEqual(['managerAttribute']);
        expect((await gateway.api('GET', path)).json()).toMatchObject({ managerAttribute: null, version: 1 });
      },
    );
  });

  describe('the report', () => {
    const report: ManagerReport = {
      managerAttribute: 'email',
      activeUsers: 3,
      withManagerValue: 2,
      attributes: MANAGER_ATTRIBUTES.map((attribute) => ({
        ...{ attribute, resolved: 1, unknown: 1, ambiguous: 0, inactive: 0, self: 0 },
        examples: [{ value: 'nobody', reason: 'unknown', users: 1 }],
      })),
    };
    beforeEach(() => {
      gateway.transport.handlers['managers.report'] = () => report;
    });

    it('is that of access-flow, for the integration of the path', async () => {
      expect((await gateway.api('GET', `${path}/managers`)).json()).toEqual(report);
      const { asking, data } = gateway.transport.last('managers.report');
      expect([asking.integrationIds, data]).toEqual([[integration.id], { integrationId: integration.id }]);
      expect((await gateway.api('GET', `/integrations/${uuidv7()}/managers`)).statusCode).toBe(404);
    });

    it('is shown to auditors of the integration, but not to members and administrators of others', async () => {
      const other = (await newIntegration(gateway)).id;
      const people = await People.at(gateway, issuer, [integration.id, other]);
      const auditor = await people.person({
        of: [other],
        roles: [{ role: 'auditor', integrationIds: [integration.id] }],
      });
      const member = await people.person({ of: [integration.id] });
      const stranger = await people.person({ of: [other], roles: [{ role: 'admin', integrationIds: [other] }] });
      const status = async (person: typeof auditor) => (await person.get(`/api/v1${path}/managers`)).statusCode;
      expect(await status(auditor)).toBe(200);
      expect(await status(member)).toBe(403);
      expect(await status(stranger)).toBe(404);
    });
  });
});
