import { type Event, type GrantReply, type UserState } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { inGroups, Integration } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}

describe('Offboarding', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  it('a deactivated user keeps no grant', async () => {
    const grants = [
      await integration.requestAccess('alice'),
      await integration.requestAccess('alice', { groupId: integration.billing }),
    ];
    await integration.deactivate('alice');
    expect(await integration.members(integration.deploy)).toEqual({});
    for (const grant of grants)
      expect(await integration.grant(grant)).toMatchObject({
        status: 'revoking',
        endReason: 'user_deactivated',
        version: 3,
      });
    await accessFlow.runTargets();
    for (const grant of grants) {
      expect(await integration.grant(grant)).toMatchObject({
        status: 'ended',
        endReason: 'user_deactivated',
        version: 4,
      });
      expect(await accessFlow.eventNames(grant.grantId)).toEqual(['grant.activated', 'grant.revoking', 'grant.ended']);
    }
    const memberships = await accessFlow.rows(
      `SELECT 1 FROM access_flow.directory_memberships WHERE integration_id = $1`,
      [integration.id],
    );
    expect(memberships).toEqual([]);
    expect(await accessFlow.rows(`SELECT 1 FROM access_flow.jobs WHERE kind = 'target.directory'`)).toEqual([]);
  });

  it('a grant whose user is deactivated before it is active ends through revoking', async () => {
    const request = await integration.request(await integration.flow(), 'alice');
    await integration.deactivate('alice');
    await accessFlow.runTargets();
    expect(await integration.grant(request)).toMatchObject({ status: 'ended', activatedAt: null });
    expect(await accessFlow.eventNames(request.grantId!)).toEqual(['grant.revoking', 'grant.ended']);
  });

  it('reactivation restores no grant, and later grants stay', async () => {
    const before = await integration.requestAccess('alice');
    await integration.deactivate('alice');
    await integration.reactivate('alice');
    await accessFlow.runTargets();
    expect(await integration.grant(before)).toMatchObject({ status: 'ended' });
    const after = await integration.requestAccess('alice');
    expect(await integration.grant(after)).toMatchObject({ status: 'active' });
  });

  it('the requests of a deactivated user are cancelled, and the user is no longer an approver', async () => {
    const flow = await integration.reviewedFlow('alice', 'bob');
    const [own, toReview] = [await integration.request(flow, 'alice'), await integration.request(flow, 'carol')];
    await integration.deactivate('alice');
    expect(await integration.ask('requests.get', { id: own.id })).toMatchObject({
      status: 'cancelled',
      statusReason: 'user_deactivated',
    });
    expect(await accessFlow.eventNames(own.id)).toEqual(['request.created', 'request.cancelled']);
    const kept = await integration.ask('flows.get', { id: flow.id });
    expect(kept).toMatchObject({ version: 1, steps: flow.steps });
    expect(kept.users.map(({ id, active }) => [integration.nameOf(id), active])).toEqual(
      expect.arrayContaining([
        ['alice', false],
        ['bob', true],
      ]),
    );
    expect(integration.deciders(await integration.ask('requests.get', { id: toReview.id }))).toEqual(['bob']);
    await integration.reactivate('alice');
    await expect(integration.review(toReview, 'alice')).rejects.toEqual(refusal('notAllowed'));
  });

  it('a flow that loses its last approver does not become automatic', async () => {
    const flow = await integration.reviewedFlow('bob');
    await integration.deactivate('bob');
    const request = await integration.request(flow, 'alice');
    expect(request).toMatchObject({ status: 'pending', undecidable: true });
    expect(integration.deciders(request)).toEqual(['administrators']);
  });

  it('a deleted user loses grants and pushed memberships', async () => {
    await integration.push(integration.deploy, 2, { alice: true, bob: true });
    const grant = await integration.requestAccess('alice', { groupId: integration.billing });
    const gone = { ...integration.next('alice', { active: false, deleted: true }) };
    await accessFlow.handleEvent(integration.userEvent(gone, 'user.deleted'));
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'user_deactivated' });
    expect(await integration.members(integration.deploy)).toEqual({ bob: 'scim' });
    const revived: UserState = { ...gone, active: true, deleted: false, version: 99 };
    await accessFlow.handleEvent(integration.userEvent(revived));
    await expect(integration.request(await integration.flow(), 'alice')).rejects.toEqual(refusal('missing'));
  });

  it('grants before a deactivation end and later grants stay, in every order of events', async () => {
    for (const order of permutations([0, 1, 2])) {
      const fresh = await Integration.create(accessFlow);
      const created = fresh.people.alice;
      const before = await fresh.requestAccess('alice');
      const events: Event[] = [
        fresh.userEvent(created, 'user.created'),
        fresh.userEvent(fresh.next('alice', { active: false }), 'user.deactivated'),
        fresh.userEvent(fresh.next('alice', { active: true }), 'user.reactivated'),
      ];
      let after: GrantReply | undefined;
      for (const index of order) {
        await accessFlow.handleEvent(events[index]!);
        await accessFlow.handleEvent(events[index]!); // events are delivered at least once
        if (index === 2) after = await fresh.requestAccess('alice');
      }
      await accessFlow.runTargets();
      expect([order, (await fresh.grant(before)).status]).toEqual([order, 'ended']);
      expect([order, (await fresh.grant(after!)).status]).toEqual([order, 'active']);
      expect(await fresh.members(fresh.deploy)).toEqual({ alice: 'grant' });
    }
  });

  it('a reactivation that arrives before its deactivation cancels earlier requests', async () => {
    const flow = await integration.reviewedFlow('bob');
    const before = await integration.request(flow, 'alice');
    const deactivated = integration.userEvent(integration.next('alice', { active: false }), 'user.deactivated');
    await integration.reactivate('alice');
    expect((await integration.ask('requests.get', { id: before.id })).status).toBe('cancelled');
    const after = await integration.request(flow, 'alice');
    await accessFlow.handleEvent(deactivated);
    expect((await integration.ask('requests.get', { id: after.id })).status).toBe('pending');
  });

  it('an update with a higher count of deactivations ends grants', async () => {
    const grant = await integration.requestAccess('alice');
    const state = integration.next('alice', { displayName: 'Alice Smith' });
    await accessFlow.handleEvent(integration.userEvent({ ...state, deactivations: 1 }, 'user.updated'));
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended' });
  });

  it('an invalid event is refused and changes nothing', async () => {
    const grant = await integration.requestAccess('alice');
    const state = integration.next('alice', { active: false });
    const invalid: object[] = [{ active: 'false' }, { deactivations: undefined }, { version: null }, { userId: 'x' }];
    for (const change of invalid)
      await expect(
        accessFlow.handleEvent(integration.userEvent({ ...state, ...change }, 'user.deactivated')),
      ).rejects.toThrow();
    expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'grant' });
  });

  it('a deleted group ends its grants and requests', async () => {
    const reviewed = await integration.reviewedFlow('bob');
    const pending = await integration.request(reviewed, 'bob', { userId: integration.people.carol.userId });
    const grant = await integration.requestAccess('alice');
    const other = await integration.requestAccess('alice', { groupId: integration.billing });
    await integration.group(integration.deploy, 'Deploy', 5, true);
    await integration.group(integration.deploy, 'Deploy', 4, false);
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'group_deleted' });
    expect(await integration.grant(other)).toMatchObject({ status: 'active' });
    expect(await integration.ask('requests.get', { id: pending.id })).toMatchObject({ statusReason: 'group_deleted' });
    expect(await integration.ask('flows.get', { id: reviewed.id })).toMatchObject({
      groupIds: reviewed.groupIds,
      version: 1,
    });
    await expect(integration.request(reviewed, 'alice')).rejects.toEqual(refusal('notAllowed'));
    await expect(integration.members(integration.deploy)).rejects.toEqual(refusal('missing'));
  });

  it('a flow whose only requester group is deleted has no eligible users', async () => {
    const flow = await integration.flow({
      eligibility: inGroups(integration.billing),
      groupIds: [integration.deploy],
    });
    await integration.group(integration.billing, 'Billing', 2, true);
    expect(await integration.ask('flows.get', { id: flow.id })).toMatchObject({
      eligibility: flow.eligibility,
      version: 1,
    });
    await expect(integration.request(flow, 'alice')).rejects.toEqual(refusal('notAllowed'));
  });

  it('a deleted flow ends its grants', async () => {
    const flow = await integration.flow();
    const request = await integration.request(flow, 'alice');
    await accessFlow.runTargets();
    await integration.ask('flows.delete', { id: flow.id, confirm: flow.name });
    await accessFlow.runTargets();
    expect(await integration.grant(request)).toMatchObject({ status: 'ended', endReason: 'flow_deleted' });
    await expect(integration.ask('flows.get', { id: flow.id })).rejects.toEqual(refusal('missing'));
  });

  it('a flow with live grants or pending requests is deleted only with its name as confirmation', async () => {
    const flow = await integration.reviewedFlow('bob');
    const granted = await integration.review(await integration.request(flow, 'alice'), 'bob');
    await accessFlow.runTargets();
    const pending = await integration.request(flow, 'carol');
    const events = () => accessFlow.rows('SELECT count(*) FROM access_flow.outbox');
    const before = await events();
    const detail = expect.stringMatching(
      /^This would revoke 1 live grant and cancel 1 pending request\. .* in the query parameter confirm\.$/,
    );
    for (const confirm of [undefined, 'other'])
      await expect(
        integration.ask('flows.delete', { id: flow.id, ...(confirm === undefined ? {} : { confirm }) }),
      ).rejects.toMatchObject({ code: 'conflict', detail });
    expect(await integration.grant(granted)).toMatchObject({ status: 'active' });
    expect(await integration.ask('requests.get', { id: pending.id })).toMatchObject({ status: 'pending' });
    expect(await events()).toEqual(before);
    await integration.ask('flows.delete', { id: flow.id, confirm: flow.name });
    expect(await integration.grant(granted)).toMatchObject({ status: 'revoking', endReason: 'flow_deleted' });
    const cancelled = await integration.ask('requests.get', { id: pending.id });
    expect(cancelled).toMatchObject({ status: 'cancelled', statusReason: 'flow_deleted' });
  });

  it('a flow whose grants and requests are over is deleted without a confirmation', async () => {
    const flow = await integration.reviewedFlow('bob');
    const { id } = await integration.request(flow, 'alice');
    await integration.ask('requests.cancel', { id });
    await integration.ask('flows.delete', { id: flow.id });
    await expect(integration.ask('flows.get', { id: flow.id })).rejects.toEqual(refusal('missing'));
  });

  it('removing an integration ends its access and no other', async () => {
    const other = await Integration.create(accessFlow);
    const [grant, untouched] = [await integration.requestAccess('alice'), await other.requestAccess('alice')];
    const flow = await integration.reviewedFlow('bob');
    const pending = await integration.request(flow, 'carol');
    await integration.publish('integration.removed', integration.id, { removed: true, version: 2 });
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'integration_removed' });
    expect(await integration.ask('requests.get', { id: pending.id })).toMatchObject({
      statusReason: 'integration_removed',
    });
    expect((await integration.ask('flows.get', { id: flow.id })).enabled).toBe(false);
    await expect(integration.request(flow, 'alice')).rejects.toEqual(refusal('missing'));
    expect(await other.grant(untouched)).toMatchObject({ status: 'active' });
  });

  describe('a disabled integration', () => {
    const disabled = (version: number) => ({ disabled: true, disablements: 1, removed: false, version });
    const enabled = (version: number) => ({ disabled: false, disablements: 1, removed: false, version });

    it('ends its access and no other', async () => {
      const other = await Integration.create(accessFlow);
      const flow = await integration.reviewedFlow('bob');
      const [grant, untouched] = [await integration.requestAccess('alice'), await other.requestAccess('alice')];
      const pending = await integration.request(flow, 'carol');
      await integration.publish('integration.updated', integration.id, disabled(2));
      await accessFlow.runTargets();
      expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'integration_disabled' });
      expect(await integration.ask('requests.get', { id: pending.id })).toMatchObject({
        status: 'cancelled',
        statusReason: 'integration_disabled',
      });
      await expect(integration.request(flow, 'alice')).rejects.toEqual(refusal('notAllowed'));
      await expect(integration.review(pending, 'bob')).rejects.toEqual(refusal('conflict'));
      expect(await other.grant(untouched)).toMatchObject({ status: 'active' });
    });

    it('accepts requests again when it is enabled, and restores no grant', async () => {
      const flow = await integration.flow();
      const before = await integration.requestAccess('alice');
      await integration.publish('integration.updated', integration.id, disabled(2));
      await integration.publish('integration.updated', integration.id, enabled(3));
      await accessFlow.runTargets();
      expect(await integration.grant(before)).toMatchObject({ status: 'ended' });
      expect(await integration.members(integration.deploy)).toEqual({});
      expect(await integration.request(flow, 'alice')).toMatchObject({ status: 'approved' });
    });

    it('ends earlier grants and keeps later ones when the enabling arrives before the disabling', async () => {
      const before = await integration.requestAccess('alice');
      await integration.publish('integration.updated', integration.id, enabled(3));
      const after = await integration.requestAccess('bob');
      await integration.publish('integration.updated', integration.id, disabled(2));
      await accessFlow.runTargets();
      expect(await integration.grant(before)).toMatchObject({ status: 'ended', endReason: 'integration_disabled' });
      expect(await integration.grant(after)).toMatchObject({ status: 'active' });
    });

    it('is not enabled by an older event', async () => {
      await integration.publish('integration.updated', integration.id, disabled(3));
      await integration.publish('integration.updated', integration.id, {
        disabled: false,
        disablements: 0,
        removed: false,
        version: 2,
      });
      await expect(integration.requestAccess('alice')).rejects.toEqual(refusal('notAllowed'));
    });

    it('counts as enabled when the event has no disabled field', async () => {
      const grant = await integration.requestAccess('alice');
      await integration.publish('integration.connected', integration.id, { removed: false, version: 2 });
      expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
      expect(await integration.requestAccess('bob')).toMatchObject({ status: 'active' });
    });

    it('stays removed after later events', async () => {
      await integration.publish('integration.updated', integration.id, disabled(2));
      await integration.publish('integration.removed', integration.id, { ...disabled(3), removed: true });
      await integration.publish('integration.updated', integration.id, enabled(4));
      await expect(integration.flow()).rejects.toEqual(refusal('missing'));
    });
  });

  it('live grants and pending requests are counted per integration', async () => {
    const other = await Integration.create(accessFlow);
    await other.requestAccess('carol');
    await other.request(await other.reviewedFlow('bob'), 'alice');
    const [kept] = [await integration.requestAccess('alice'), await integration.requestAccess('bob')];
    const reviewed = await integration.reviewedFlow('bob');
    await integration.request(reviewed, 'dan');
    const counts = async () => [await integration.ask('grants.count', {}), await integration.ask('requests.count', {})];
    expect(await counts()).toEqual([{ liveGrants: 2 }, { openRequests: 1 }]);
    await integration.ask('grants.revoke', { id: kept.grantId });
    await integration.review(await integration.request(reviewed, 'carol'), 'bob', 'deny');
    expect(await counts()).toEqual([{ liveGrants: 1 }, { openRequests: 1 }]);
  });

  it('the reconciler finds a deactivation whose event was lost', async () => {
    const [lost, absent, active] = [
      await integration.requestAccess('alice'),
      await integration.requestAccess('bob'),
      await integration.requestAccess('carol'),
    ];
    const missed = integration.next('alice', { active: false });
    const checked: string[] = [];
    accessFlow.identity['users.deactivations'] = ({ users }, [integrationId]) => {
      if (integrationId !== integration.id) return { changed: [], absent: [] };
      checked.push(...users.map((user) => integration.nameOf(user.id)));
      return { changed: [missed], absent: [integration.people.bob.userId] };
    };
    await accessFlow.reconcile();
    await accessFlow.runTargets();
    expect(checked.sort()).toEqual(['alice', 'bob', 'carol']);
    for (const grant of [lost, absent]) expect(await integration.grant(grant)).toMatchObject({ status: 'ended' });
    expect(await integration.grant(active)).toMatchObject({ status: 'active' });
    expect(await accessFlow.metrics.text()).toContain('tidegate_missed_deactivations_total{service="access-flow"} 2');
  });
});
