import { type FlowSettings, type GrantReply, type RequestReply } from '@tidegate/contracts';
import { TEST_ACTOR } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

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
  const activeGrant = async (settings: Partial<FlowSettings> = {}): Promise<GrantReply> => {
    const eligibility = inGroups(integration.billing);
    const flow = await integration.flow({
      eligibility,
      maxDurationSeconds: 2 * HOUR,
      whenIneligible: 'keep',
      ...settings,
    });
    flowId = flow.id;
    const request = await integration.request(flow, 'alice');
    const approved = flow.steps.length > 0 ? await integration.review(request, 'bob') : request;
    await accessFlow.runTargets();
    return integration.grant(approved);
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

  describe('by its holder', () => {
    const RULE = { approval: 'automatic', maxCount: 2, maxSeconds: 600 } as const;
    const login = { issuer: 'https://acme.okta.com' };
    /** Extends as a member, not as an administrator. */
    const extendAs = async (person: Person, grant: GrantReply, durationSeconds: number) => {
      accessFlow.actor = { kind: 'person', ...login, subject: person, userId: integration.people[person].userId };
      try {
        return await extend(grant, durationSeconds);
      } finally {
        accessFlow.actor = TEST_ACTOR;
      }
    };
    const ended = ({ endsAt }: GrantReply) => Date.parse(endsAt);

    it('is refused without an extension rule, with the advice what to do', async () => {
      const grant = await activeGrant();
      await expect(extendAs('alice', grant, 60)).rejects.toMatchObject({
        code: 'notAllowed',
        detail: expect.stringContaining('Ask an administrator'),
      });
      expect(await integration.grant(grant)).toMatchObject({ endsAt: grant.endsAt, extendedBy: null, extensions: 0 });
    });

    it('happens at once under an automatic rule, within its length and number', async () => {
      const grant = await activeGrant({ extension: RULE });
      await expect(extendAs('alice', grant, 601)).rejects.toMatchObject({ code: 'invalid' });
      const extended = await extendAs('alice', grant, 600);
      expect(extended).toMatchObject({ extensions: 1, extensionRequestId: null });
      expect(ended(extended) - ended(grant)).toBe(600_000);
      expect(extended.extendedBy).toMatchObject({ userId: integration.people.alice.userId });
      await extendAs('alice', grant, 60);
      await expect(extendAs('alice', grant, 60)).rejects.toEqual(refusedWith('extended 2 times'));
    });

    it('is bound by the rule of today: a flow that loses it allows none', async () => {
      const grant = await activeGrant({ extension: RULE });
      await edit({ extension: null });
      await expect(extendAs('alice', grant, 60)).rejects.toMatchObject({ code: 'notAllowed' });
      const [byAdministrator] = [await extend(grant, 60)];
      expect(ended(byAdministrator) - ended(grant)).toBe(60_000);
    });

    it('is a request under a rule with approval by the steps, and the last approval extends the grant', async () => {
      const grant = await activeGrant({
        eligibility: { kind: 'everyone' },
        steps: integration.by('bob'),
        extension: { ...RULE, approval: 'steps' },
      });
      const asked = await extendAs('alice', grant, 300);
      expect(asked).toMatchObject({ endsAt: grant.endsAt, extensions: 0 });
      const request = await integration.ask('requests.get', { id: asked.extensionRequestId! });
      expect(request).toMatchObject({ kind: 'extension', status: 'pending', grantId: grant.id, durationSeconds: 300 });
      expect(request.expiresAt).toBe(grant.endsAt);
      await expect(extendAs('alice', grant, 300)).rejects.toMatchObject({
        code: 'conflict',
        existing: { id: request.id },
      });
      expect(await integration.review(request, 'bob')).toMatchObject({ status: 'approved', grantId: grant.id });
      const extended = await integration.grant(grant);
      expect([ended(extended) - ended(grant), extended.extensions]).toEqual([300_000, 1]);
      expect((await integration.ask('grants.list', { limit: 9 })).items).toHaveLength(1);
    });

    it('that is requested dies with the grant', async () => {
      const steps = { steps: integration.by('bob'), extension: { ...RULE, approval: 'steps' } } as const;
      const grant = await activeGrant({ eligibility: { kind: 'everyone' }, ...steps });
      const { extensionRequestId: id } = await extendAs('alice', grant, 300);
      await integration.ask('grants.revoke', { id: grant.id });
      await expect(integration.review({ id: id! } as RequestReply, 'bob')).rejects.toMatchObject({ code: 'conflict' });
      await accessFlow.reconcile();
      expect(await integration.ask('requests.get', { id: id! })).toMatchObject({
        status: 'cancelled',
        statusReason: 'grant_ended',
      });
    });

    it('that is requested expires when the grant ends', async () => {
      const steps = { steps: integration.by('bob'), extension: { ...RULE, approval: 'steps' } } as const;
      const grant = await activeGrant({ eligibility: { kind: 'everyone' }, ...steps });
      const { extensionRequestId: id } = await extendAs('alice', grant, 300);
      const past = `now() - interval '1 second'`;
      await accessFlow.rows(`UPDATE access_flow.requests SET expires_at = ${past} WHERE id = $1`, [id]);
      await accessFlow.rows(`UPDATE access_flow.grants SET ends_at = ${past} WHERE id = $1`, [grant.id]);
      await accessFlow.rows(`UPDATE access_flow.jobs SET run_at = ${past} WHERE key = ANY ($1)`, [[id, grant.id]]);
      await accessFlow.runDeadlines();
      expect(await integration.ask('requests.get', { id: id! })).toMatchObject({ status: 'expired' });
      expect(await integration.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'expired', extensions: 0 });
    });
  });
});
