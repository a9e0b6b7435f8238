import { type CommandData, type IntegrationState } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type TestGateway, newIntegration, openGateway, type TestIntegration, wrongFields } from './harness.js';

const ACME = 'urn:example:1.0:User';

let gateway: TestGateway;
let integration: TestIntegration;
let path: string;
beforeAll(async () => void (gateway = await openGateway()));
afterAll(() => gateway.close());
beforeEach(async () => {
  integration = await newIntegration(gateway);
  path = `/integrations/${integration.id}`;
});

const extensions = (usableInRules?: unknown, attribute = {}) => ({
  User: [{ id: ACME, attributes: [{ name: 'badge', usableInRules, ...attribute }, { name: 'floor' }] }],
  Group: [],
});
const marks = () =>
  gateway.transport.events
    .filter(({ subject }) => subject === integration.id)
    .map(({ version, data }) => {
      const { profileAttributes, profileAttributesVersion } = data as IntegrationState;
      return [version, profileAttributes, profileAttributesVersion];
    });

describe('Attributes for access rules', () => {
  it('are marked in the extensions, and events contain the version in which the marks changed', async () => {
    for (const body of [
      { extensions: extensions() },
      { extensions: extensions(true) },
      { name: `Renamed ${integration.id}`.slice(0, 40) },
      { extensions: extensions(false) },
    ])
      expect((await gateway.api('PATCH', path, body)).statusCode).toBe(200);
    await eventually(() =>
      expect(marks()).toEqual([
        [1, [], 0],
        [2, [], 0],
        [3, [`${ACME}:badge`], 3],
        [4, [`${ACME}:badge`], 3],
        [5, [], 5],
      ]),
    );
  });

  it('are returned as they were marked, and a returned list can be saved unchanged', async () => {
    await gateway.api('PATCH', path, { extensions: extensions(true) });
    const before = (await gateway.api('GET', path)).json<{
      extensions: ReturnType<typeof extensions>;
      version: number;
    }>();
    expect(before.extensions.User[0]!.attributes.map((one) => 'usableInRules' in one)).toEqual([true, false]);
    const after = await gateway.api('PATCH', path, { extensions: before.extensions });
    expect(after.json()).toMatchObject({ version: before.version });
  });

  it.each([
    ['that is a string', extensions('yes')],
    ['on a multi-valued attribute', extensions(true, { multiValued: true })],
    ['on a binary attribute', extensions(true, { type: 'binary' })],
    ['on an attribute of groups', { Group: extensions(true).User }],
  ])('a mark %s is refused', async (_, wrong) => {
    expect(await wrongFields(gateway, 'PATCH', path, { extensions: wrong })).toEqual(['extensions']);
  });
});

describe('POST /integrations/{id}/rebuild', () => {
  it('sends a rebuild to access-flow with the state of the integration', async () => {
    gateway.transport.handlers['projections.rebuild'] = () => ({});
    const answer = await gateway.api('POST', `${path}/rebuild`);
    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    const { asking, data } = gateway.transport.last('projections.rebuild');
    expect(asking.integrationIds).toEqual([integration.id]);
    const { state } = data as CommandData<'projections.rebuild'>;
    expect(state).toMatchObject({ integrationId: integration.id, disabled: false, removed: false, version: 1 });
  });

  it('responds with 404 for a missing integration, and with 503 while access-flow is unavailable', async () => {
    delete gateway.transport.handlers['projections.rebuild'];
    expect((await gateway.api('POST', `/integrations/${uuidv7()}/rebuild`)).statusCode).toBe(404);
    expect((await gateway.api('POST', `${path}/rebuild`)).statusCode).toBe(503);
  });
});
