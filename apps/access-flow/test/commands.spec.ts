import { type CommandData, type CommandReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration } from './integration.js';

/** The commands that change what is there. */
type Change = 'flows.update' | 'flows.delete' | 'requests.cancel' | 'grants.extend' | 'grants.revoke';

describe('A command over a transport', () => {
  let accessFlow: TestAccessFlow;
  let [one, two]: Integration[] = [];
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    [one, two] = [await Integration.begin(accessFlow), await Integration.begin(accessFlow)];
  });

  const table: [Change, (org: Integration) => Promise<CommandData<Change>>, Partial<CommandReply<Change>>][] = [
    [
      'flows.update',
      async (org) => ({ id: (await org.flow()).id, settings: { maxDurationSeconds: HOUR } }),
      { maxDurationSeconds: HOUR, version: 2 },
    ],
    ['flows.delete', async (org) => ({ id: (await org.flow()).id }), {}],
    [
      'requests.cancel',
      async (org) => ({ id: (await org.request(await org.reviewedFlow('bob'), 'alice')).id }),
      { status: 'cancelled', statusReason: 'withdrawn' },
    ],
    [
      'grants.extend',
      async (org) => ({ id: (await org.requestAccess('alice')).grantId, durationSeconds: HOUR }),
      { status: 'active', version: 3 },
    ],
    [
      'grants.revoke',
      async (org) => ({ id: (await org.requestAccess('alice')).grantId }),
      { status: 'revoking', endReason: 'revoked' },
    ],
  ];

  it.each(table)('%s is applied in its own integration and refused in another', async (name, prepare, changed) => {
    const data = await prepare(one!);
    const rows = () =>
      accessFlow.rows(
        `SELECT (SELECT jsonb_agg(f ORDER BY id) FROM access_flow.flows f) AS flows,
                (SELECT jsonb_agg(r ORDER BY id) FROM access_flow.requests r) AS requests,
                (SELECT jsonb_agg(g ORDER BY id) FROM access_flow.grants g) AS grants`,
      );
    const before = await rows();
    await expect(two!.ask(name, data)).rejects.toMatchObject({ code: 'missing' });
    await expect(accessFlow.ask([], name, data)).rejects.toMatchObject({ code: 'missing' });
    expect(await rows()).toEqual(before);
    expect(await one!.ask(name, data)).toMatchObject(changed);
    expect(await rows()).not.toEqual(before);
  });
});
