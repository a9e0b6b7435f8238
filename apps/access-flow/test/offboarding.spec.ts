import { type Event, type GrantRecord, type UserState } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}

describe('Offboarding', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
  });

  it('a deactivated user keeps no grant', async () => {
    const grants = [await org.requestAccess('alice'), await org.requestAccess('alice', { groupId: org.billing })];
    await org.leaves('alice');
    expect(await org.members(org.deploy)).toEqual({});
    for (const grant of grants)
      expect(await org.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'user_deactivated', version: 3 });
    await accessFlow.settleTargets();
    for (const grant of grants) {
      expect(await org.grant(grant)).toMatchObject({ status: 'ended', endReason: 'user_deactivated', version: 4 });
      expect(await accessFlow.told(grant.grantId)).toEqual(['grant.activated', 'grant.revoking', 'grant.ended']);
    }
    const left = await accessFlow.rows(`SELECT 1 FROM access_flow.directory_memberships WHERE integration_id = $1`, [
      org.id,
    ]);
    expect(left).toEqual([]);
    expect(await accessFlow.rows(`SELECT 1 FROM access_flow.target_work`)).toEqual([]);
  });

  it('a grant whose activation is overtaken by the deactivation ends through revoking', async () => {
    const request = await org.request(await org.flow(), 'alice');
    await org.leaves('alice');
    await accessFlow.settleTargets();
    expect(await org.grant(request)).toMatchObject({ status: 'ended', activatedAt: null });
    expect(await accessFlow.told(request.grantId!)).toEqual(['grant.revoking', 'grant.ended']);
  });

  it('reactivation restores nothing, and what is borrowed afterwards stays', async () => {
    const before = await org.requestAccess('alice');
    await org.leaves('alice');
    await org.returns('alice');
    await accessFlow.settleTargets();
    expect(await org.grant(before)).toMatchObject({ status: 'ended' });
    const after = await org.requestAccess('alice');
    expect(await org.grant(after)).toMatchObject({ status: 'active' });
  });

  it('what a user asked for is cancelled, and their word counts no more', async () => {
    const flow = await org.reviewedFlow('alice', 'bob');
    const [asked, toReview] = [await org.request(flow, 'alice'), await org.request(flow, 'carol')];
    await org.leaves('alice');
    expect(await org.ask('requests.get', { id: asked.id })).toMatchObject({
      status: 'cancelled',
      statusReason: 'user_deactivated',
    });
    expect(await accessFlow.told(asked.id)).toEqual(['request.created', 'request.cancelled']);
    const onlyBob = { kind: 'one_approver', approverIds: [org.people.bob.userId] };
    expect((await org.ask('flows.get', { id: flow.id })).approval).toEqual(onlyBob);
    expect((await org.ask('requests.get', { id: toReview.id })).approval).toEqual(onlyBob);
    await org.returns('alice');
    await expect(org.review(toReview, 'alice')).rejects.toEqual(refusal('notAllowed'));
  });

  it('a flow that loses its last approver grants nothing by itself', async () => {
    const flow = await org.reviewedFlow('bob');
    await org.leaves('bob');
    expect(await org.request(flow, 'alice')).toMatchObject({ status: 'pending', approval: { approverIds: [] } });
  });

  it('a deleted user loses everything, pushed memberships included', async () => {
    await org.push(org.deploy, 2, { alice: true, bob: true });
    const grant = await org.requestAccess('alice', { groupId: org.billing });
    const gone = { ...org.next('alice', { active: false, deleted: true }) };
    await accessFlow.handleEvent(org.userEvent(gone, 'user.deleted'));
    await accessFlow.settleTargets();
    expect(await org.grant(grant)).toMatchObject({ status: 'ended', endReason: 'user_deactivated' });
    expect(await org.members(org.deploy)).toEqual({ bob: 'scim' });
    const revived: UserState = { ...gone, active: true, deleted: false, version: 99 };
    await accessFlow.handleEvent(org.userEvent(revived));
    await expect(org.request(await org.flow(), 'alice')).rejects.toEqual(refusal('missing'));
  });

  it('every order of hearing ends what was made before the deactivation and nothing made after it', async () => {
    for (const order of permutations([0, 1, 2])) {
      const fresh = await Integration.begin(accessFlow);
      const created = fresh.people.alice;
      const before = await fresh.requestAccess('alice');
      const events: Event[] = [
        fresh.userEvent(created, 'user.created'),
        fresh.userEvent(fresh.next('alice', { active: false }), 'user.deactivated'),
        fresh.userEvent(fresh.next('alice', { active: true }), 'user.reactivated'),
      ];
      let after: GrantRecord | undefined;
      for (const index of order) {
        await accessFlow.handleEvent(events[index]!);
        await accessFlow.handleEvent(events[index]!); // delivered at least once
        if (index === 2) after = await fresh.requestAccess('alice');
      }
      await accessFlow.settleTargets();
      expect([order, (await fresh.grant(before)).status]).toEqual([order, 'ended']);
      expect([order, (await fresh.grant(after!)).status]).toEqual([order, 'active']);
      expect(await fresh.members(fresh.deploy)).toEqual({ alice: 'grant' });
    }
  });

  it('a request pending at the deactivation is cancelled by the reactivation that overtakes it', async () => {
    const flow = await org.reviewedFlow('bob');
    const before = await org.request(flow, 'alice');
    const deactivated = org.userEvent(org.next('alice', { active: false }), 'user.deactivated');
    await org.returns('alice');
    expect((await org.ask('requests.get', { id: before.id })).status).toBe('cancelled');
    const after = await org.request(flow, 'alice');
    await accessFlow.handleEvent(deactivated);
    expect((await org.ask('requests.get', { id: after.id })).status).toBe('pending');
  });

  it('a rename that carries a higher count of deactivations ends grants like a deactivation', async () => {
    const grant = await org.requestAccess('alice');
    const state = org.next('alice', { displayName: 'Alice Smith' });
    await accessFlow.handleEvent(org.userEvent({ ...state, deactivations: 1 }, 'user.updated'));
    await accessFlow.settleTargets();
    expect(await org.grant(grant)).toMatchObject({ status: 'ended' });
  });

  it('an event that breaks the contract is refused and changes nothing', async () => {
    const grant = await org.requestAccess('alice');
    const state = org.next('alice', { active: false });
    const broken: object[] = [{ active: 'false' }, { deactivations: undefined }, { version: null }, { userId: 'x' }];
    for (const change of broken)
      await expect(
        accessFlow.handleEvent(org.userEvent({ ...state, ...change }, 'user.deactivated')),
      ).rejects.toThrow();
    expect(await org.grant(grant)).toMatchObject({ status: 'active' });
    expect(await org.members(org.deploy)).toEqual({ alice: 'grant' });
  });

  it('a deleted group is lent no more', async () => {
    const reviewed = await org.reviewedFlow('bob');
    const pending = await org.request(reviewed, 'bob', { userId: org.people.carol.userId });
    const grant = await org.requestAccess('alice');
    const other = await org.requestAccess('alice', { groupId: org.billing });
    await org.group(org.deploy, 'Deploy', 5, true);
    await org.group(org.deploy, 'Deploy', 4, false);
    await accessFlow.settleTargets();
    expect(await org.grant(grant)).toMatchObject({ status: 'ended', endReason: 'group_deleted' });
    expect(await org.grant(other)).toMatchObject({ status: 'active' });
    expect(await org.ask('requests.get', { id: pending.id })).toMatchObject({ statusReason: 'group_deleted' });
    expect((await org.ask('flows.get', { id: reviewed.id })).groupIds).toEqual([org.billing]);
    await expect(org.request(reviewed, 'alice')).rejects.toEqual(refusal('notAllowed'));
    await expect(org.members(org.deploy)).rejects.toEqual(refusal('missing'));
  });

  it('a flow whose requesters have lost their group is open to nobody', async () => {
    const flow = await org.flow({
      requesters: { kind: 'members_of', groupIds: [org.billing] },
      groupIds: [org.deploy],
    });
    await org.group(org.billing, 'Billing', 2, true);
    expect((await org.ask('flows.get', { id: flow.id })).requesters).toEqual({ kind: 'members_of', groupIds: [] });
    await expect(org.request(flow, 'alice')).rejects.toEqual(refusal('notAllowed'));
  });

  it('a deleted flow takes what was asked and granted under it along', async () => {
    const flow = await org.flow();
    const request = await org.request(flow, 'alice');
    await accessFlow.settleTargets();
    await org.ask('flows.delete', { id: flow.id });
    await accessFlow.settleTargets();
    expect(await org.grant(request)).toMatchObject({ status: 'ended', endReason: 'flow_deleted' });
    await expect(org.ask('flows.get', { id: flow.id })).rejects.toEqual(refusal('missing'));
  });

  it('a removed integration lends nothing, and another one is not touched', async () => {
    const other = await Integration.begin(accessFlow);
    const [grant, untouched] = [await org.requestAccess('alice'), await other.requestAccess('alice')];
    const flow = await org.reviewedFlow('bob');
    const pending = await org.request(flow, 'alice');
    await org.tell('integration.removed', org.id, { removed: true, version: 2 });
    await accessFlow.settleTargets();
    expect(await org.grant(grant)).toMatchObject({ status: 'ended', endReason: 'integration_removed' });
    expect(await org.ask('requests.get', { id: pending.id })).toMatchObject({ statusReason: 'integration_removed' });
    expect((await org.ask('flows.get', { id: flow.id })).enabled).toBe(false);
    await expect(org.request(flow, 'alice')).rejects.toEqual(refusal('missing'));
    expect(await other.grant(untouched)).toMatchObject({ status: 'active' });
  });

  describe('a disabled integration', () => {
    const disabled = (version: number) => ({ disabled: true, disablements: 1, removed: false, version });
    const enabled = (version: number) => ({ disabled: false, disablements: 1, removed: false, version });

    it('lends nothing, and another one is not touched', async () => {
      const other = await Integration.begin(accessFlow);
      const flow = await org.reviewedFlow('bob');
      const [grant, untouched] = [await org.requestAccess('alice'), await other.requestAccess('alice')];
      const pending = await org.request(flow, 'alice');
      await org.tell('integration.updated', org.id, disabled(2));
      await accessFlow.settleTargets();
      expect(await org.grant(grant)).toMatchObject({ status: 'ended', endReason: 'integration_disabled' });
      expect(await org.ask('requests.get', { id: pending.id })).toMatchObject({
        status: 'cancelled',
        statusReason: 'integration_disabled',
      });
      await expect(org.request(flow, 'alice')).rejects.toEqual(refusal('notAllowed'));
      await expect(org.review(pending, 'bob')).rejects.toEqual(refusal('conflict'));
      expect(await other.grant(untouched)).toMatchObject({ status: 'active' });
    });

    it('lends again through the same flows when it is enabled, and brings nothing back', async () => {
      const flow = await org.flow();
      const before = await org.requestAccess('alice');
      await org.tell('integration.updated', org.id, disabled(2));
      await org.tell('integration.updated', org.id, enabled(3));
      await accessFlow.settleTargets();
      expect(await org.grant(before)).toMatchObject({ status: 'ended' });
      expect(await org.members(org.deploy)).toEqual({});
      expect(await org.request(flow, 'alice')).toMatchObject({ status: 'approved' });
    });

    it('ends what was borrowed before even when the enabling overtakes the disabling, and nothing after', async () => {
      const before = await org.requestAccess('alice');
      await org.tell('integration.updated', org.id, enabled(3));
      const after = await org.requestAccess('bob');
      await org.tell('integration.updated', org.id, disabled(2));
      await accessFlow.settleTargets();
      expect(await org.grant(before)).toMatchObject({ status: 'ended', endReason: 'integration_disabled' });
      expect(await org.grant(after)).toMatchObject({ status: 'active' });
    });

    it('is not enabled by what was told before it was disabled', async () => {
      await org.tell('integration.updated', org.id, disabled(3));
      await org.tell('integration.updated', org.id, { disabled: false, disablements: 0, removed: false, version: 2 });
      await expect(org.requestAccess('alice')).rejects.toEqual(refusal('notAllowed'));
    });

    it('is taken for enabled when its teller does not know of disabling', async () => {
      const grant = await org.requestAccess('alice');
      await org.tell('integration.connected', org.id, { removed: false, version: 2 });
      expect(await org.grant(grant)).toMatchObject({ status: 'active' });
      expect(await org.requestAccess('bob')).toMatchObject({ status: 'active' });
    });

    it('may be removed, whatever comes afterwards', async () => {
      await org.tell('integration.updated', org.id, disabled(2));
      await org.tell('integration.removed', org.id, { ...disabled(3), removed: true });
      await org.tell('integration.updated', org.id, enabled(4));
      await expect(org.flow()).rejects.toEqual(refusal('missing'));
    });
  });

  it('what would end with an integration can be counted, and of another one nothing', async () => {
    const other = await Integration.begin(accessFlow);
    await other.requestAccess('carol');
    await other.request(await other.reviewedFlow('bob'), 'carol');
    const [kept] = [await org.requestAccess('alice'), await org.requestAccess('bob')];
    const reviewed = await org.reviewedFlow('bob');
    await org.request(reviewed, 'alice');
    const counts = async () => [await org.ask('grants.count', {}), await org.ask('requests.count', {})];
    expect(await counts()).toEqual([{ liveGrants: 2 }, { openRequests: 1 }]);
    await org.ask('grants.revoke', { id: kept.grantId });
    await org.review(await org.request(reviewed, 'carol'), 'bob', 'deny');
    expect(await counts()).toEqual([{ liveGrants: 1 }, { openRequests: 1 }]);
  });

  it('a deactivation whose event was lost is found by asking identity', async () => {
    const [lost, absent, stays] = [
      await org.requestAccess('alice'),
      await org.requestAccess('bob'),
      await org.requestAccess('carol'),
    ];
    const unheard = org.next('alice', { active: false });
    const asked: string[] = [];
    accessFlow.identity['users.deactivations'] = ({ users }, [integrationId]) => {
      if (integrationId !== org.id) return { changed: [], absent: [] };
      asked.push(...users.map((user) => org.nameOf(user.id)));
      return { changed: [unheard], absent: [org.people.bob.userId] };
    };
    await accessFlow.reconcile();
    await accessFlow.settleTargets();
    expect(asked.sort()).toEqual(['alice', 'bob', 'carol']);
    for (const grant of [lost, absent]) expect(await org.grant(grant)).toMatchObject({ status: 'ended' });
    expect(await org.grant(stays)).toMatchObject({ status: 'active' });
    expect(await accessFlow.metrics.text()).toContain('tidegate_missed_deactivations_total{service="access-flow"} 2');
  });
});
