import { type CommandData, type CommandReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration } from './integration.js';

/** Commands that change existing rows. */
type Change = 'flows.update' | 'flows.delete' | 'requests.cancel' | 'grants.extend' | 'grants.revoke';

describe('Commands', () => {
  const accessFlow = TestAccessFlow.use();
  let [one, two]: Integration[] = [];
  beforeEach(async () => {
    [one, two] = [await Integration.create(accessFlow), await Integration.create(accessFlow)];
  });

  const table: [Change, (integration: Integration) => Promise<CommandData<Change>>, Partial<CommandReply<Change>>][] = [
    [
      'flows.update',
      async (integration) => ({ id: (await integration.flow()).id, settings: { maxDurationSeconds: HOUR } }),
      { maxDurationSeconds: HOUR, version: 2 },
    ],
    ['flows.delete', async (integration) => ({ id: (await integration.flow()).id }), {}],
    [
      'requests.cancel',
      async (integration) => ({ id: (await integration.request(await integration.reviewedFlow('bob'), 'alice')).id }),
      { status: 'cancelled', statusReason: 'withdrawn' },
    ],
    [
      'grants.extend',
      async (integration) => ({ id: (await integration.requestAccess('alice')).grantId, durationSeconds: HOUR }),
      { status: 'active', version: 3 },
    ],
    [
      'grants.revoke',
      async (integration) => ({ id: (await integration.requestAccess('alice')).grantId }),
      { status: 'revoking', endReason: 'revoked' },
    ],
  ];

  it.each(table)('%s changes its own integration and is refused in another', async (name, prepare, changed) => {
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
