import { type FlowSettings, type GrantRecord } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration } from './integration.js';

const refusedWith = (detail: string): unknown =>
  expect.objectContaining({ code: 'conflict', detail: expect.stringContaining(detail) });

describe('Extending a grant', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  let flowId: string;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
    await org.push(org.billing, 2, { alice: true });
  });

  /** A live grant of alice for an hour, under a flow for members of billing with a maximum of two hours. */
  const live = async (): Promise<GrantRecord> => {
    const requesters = { kind: 'members_of' as const, groupIds: [org.billing] };
    const flow = await org.flow({ requesters, maxDurationSeconds: 2 * HOUR });
    flowId = flow.id;
    const request = await org.request(flow, 'alice');
    await accessFlow.settleTargets();
    return org.grant(request);
  };
  const edit = (settings: Partial<FlowSettings>) => org.ask('flows.update', { id: flowId, settings });
  const extend = (grant: GrantRecord, durationSeconds: number) =>
    org.ask('grants.extend', { id: grant.grantId, durationSeconds });

  it('obeys the maximum under which the grant was made when the flow allows more now', async () => {
    const grant = await live();
    await edit({ maxDurationSeconds: 8 * HOUR });
    await expect(extend(grant, HOUR + 60)).rejects.toEqual(refusedWith('7200 seconds'));
    const { endsAt } = await extend(grant, HOUR);
    expect(Date.parse(endsAt) - Date.parse(grant.endsAt)).toBe(HOUR * 1000);
  });

  it('obeys the maximum of now when the flow allowed more', async () => {
    const grant = await live();
    await edit({ maxDurationSeconds: HOUR + 60 });
    await expect(extend(grant, 61 + 60)).rejects.toEqual(refusedWith('3660 seconds'));
    await extend(grant, 60);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['its flow is disabled', () => edit({ enabled: false }), 'access flow is disabled'],
    ['its flow no longer offers the group', () => edit({ groupIds: [org.billing] }), 'no longer offers this group'],
    ['the user is no longer eligible', () => org.push(org.billing, 3, { alice: false }), 'may no longer request'],
  ])('is refused when %s', async (_, withdraw, says) => {
    const grant = await live();
    await withdraw();
    await expect(extend(grant, 60)).rejects.toEqual(refusedWith(says));
    expect(await org.grant(grant)).toMatchObject({ status: 'active', endsAt: grant.endsAt });
  });

  it('does not revive a grant that is over and not yet settled', async () => {
    const grant = await live();
    await accessFlow.rows(`UPDATE access_flow.grants SET ends_at = now() - interval '1 second' WHERE id = $1`, [
      grant.grantId,
    ]);
    await expect(extend(grant, HOUR)).rejects.toEqual(refusedWith('is over'));
    expect(await org.grant(grant)).toMatchObject({ status: 'active', version: grant.version });
  });

  it('says which state a grant has that cannot be extended', async () => {
    const grant = await live();
    await org.ask('grants.revoke', { id: grant.grantId });
    await expect(extend(grant, 60)).rejects.toEqual(refusedWith('revoking'));
    await accessFlow.settleTargets();
    await expect(extend(grant, 60)).rejects.toEqual(refusedWith('ended'));
  });
});
