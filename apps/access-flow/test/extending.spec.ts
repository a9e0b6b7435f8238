import { type FlowSettings, type GrantReply } from '@tidegate/contracts';
import { TEST_ACTOR } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration, type Person } from './integration.js';

const refusedWith = (detail: string): unknown =>
  expect.objectContaining({ code: 'conflict', detail: expect.stringContaining(detail) });

describe('Extending a grant', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  let flowId: string;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    await integration.push(integration.billing, 2, { alice: true });
  });

  /** @returns an active grant of alice for one hour, under a flow for members of billing with a maximum of two hours */
  const activeGrant = async (): Promise<GrantReply> => {
    const requesters = { kind: 'members_of' as const, groupIds: [integration.billing] };
    const flow = await integration.flow({ requesters, maxDurationSeconds: 2 * HOUR });
    flowId = flow.id;
    const request = await integration.request(flow, 'alice');
    await accessFlow.runTargets();
    return integration.grant(request);
  };
  const edit = (settings: Partial<FlowSettings>) => integration.ask('flows.update', { id: flowId, settings });
  const extend = (grant: GrantReply, durationSeconds: number) =>
    integration.ask('grants.extend', { id: grant.grantId, durationSeconds });

  it('keeps the original maximum when the flow allows more now', async () => {
    const grant = await activeGrant();
    await edit({ maxDurationSeconds: 8 * HOUR });
    await expect(extend(grant, HOUR + 60)).rejects.toEqual(refusedWith('7200 seconds'));
    const { endsAt } = await extend(grant, HOUR);
    expect(Date.parse(endsAt) - Date.parse(grant.endsAt)).toBe(HOUR * 1000);
  });

  it('keeps the current maximum when the flow allowed more', async () => {
    const grant = await activeGrant();
    await edit({ maxDurationSeconds: HOUR + 60 });
    await expect(extend(grant, 61 + 60)).rejects.toEqual(refusedWith('3660 seconds'));
    await extend(grant, 60);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['its flow is disabled', () => edit({ enabled: false }), 'access flow is disabled'],
    [
      'its flow no longer offers the group',
      () => edit({ groupIds: [integration.billing] }),
      'no longer offers this group',
    ],
    [
      'the user is no longer eligible',
      () => integration.push(integration.billing, 3, { alice: false }),
      'no longer eligible',
    ],
  ])('is refused when %s', async (_, withdraw, detail) => {
    const grant = await activeGrant();
    await withdraw();
    await expect(extend(grant, 60)).rejects.toEqual(refusedWith(detail));
    expect(await integration.grant(grant)).toMatchObject({ status: 'active', endsAt: grant.endsAt });
  });

  it('is refused for an expired grant that is still active', async () => {
    const grant = await activeGrant();
    await accessFlow.rows(`UPDATE access_flow.grants SET ends_at = now() - interval '1 second' WHERE id = $1`, [
      grant.grantId,
    ]);
    await expect(extend(grant, HOUR)).rejects.toEqual(refusedWith('has expired'));
    expect(await integration.grant(grant)).toMatchObject({ status: 'active', version: grant.version });
  });

  it('names the status of a grant that cannot be extended', async () => {
    const grant = await activeGrant();
    await integration.ask('grants.revoke', { id: grant.grantId });
    await expect(extend(grant, 60)).rejects.toEqual(refusedWith('revoking'));
    await accessFlow.runTargets();
    await expect(extend(grant, 60)).rejects.toEqual(refusedWith('ended'));
  });

  describe('under a flow with approvers', () => {
    const login = { issuer: 'https://acme.okta.com' };
    const as = async <T>(person: Person, work: () => Promise<T>): Promise<T> => {
      accessFlow.actor = { kind: 'person', ...login, subject: person, userId: integration.people[person].userId };
      try {
        return await work();
      } finally {
        accessFlow.actor = TEST_ACTOR;
      }
    };
    let grant: GrantReply;
    beforeEach(async () => {
      const flow = await integration.reviewedFlow('bob');
      grant = await integration.grant(await integration.review(await integration.request(flow, 'alice'), 'bob'));
      await accessFlow.runTargets();
    });
    const extendAs = (person: Person, asApprover: boolean) =>
      as(person, () =>
        integration.ask('grants.extend', { id: grant.id, durationSeconds: 60, ...(asApprover && { asApprover }) }),
      );

    it('is refused to its user, with the advice whom to ask', async () => {
      await expect(extendAs('alice', false)).rejects.toMatchObject({
        code: 'notAllowed',
        detail: expect.stringContaining('Ask an approver of the flow or an administrator'),
      });
      expect(await integration.grant(grant)).toMatchObject({ endsAt: grant.endsAt, extendedBy: null });
    });

    it('is allowed to an approver; for other users the grant is missing', async () => {
      await expect(extendAs('carol', true)).rejects.toMatchObject({ code: 'missing', detail: 'No such grant.' });
      const extended = await extendAs('bob', true);
      expect(Date.parse(extended.endsAt) - Date.parse(grant.endsAt)).toBe(60_000);
      expect(extended).toMatchObject({ extendedBy: { userId: integration.people.bob.userId } });
    });
  });

  it('is allowed to its user at once under an automatic flow', async () => {
    const grant = await activeGrant();
    const { userId } = integration.people.alice;
    accessFlow.actor = { kind: 'person', issuer: 'https://acme.okta.com', subject: 'alice', userId };
    try {
      const { endsAt } = await extend(grant, 60);
      expect(Date.parse(endsAt) - Date.parse(grant.endsAt)).toBe(60_000);
    } finally {
      accessFlow.actor = TEST_ACTOR;
    }
  });
});
