import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Requests and grants', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  it('an automatic flow grants immediately, and the target makes the grant active', async () => {
    const request = await integration.request(await integration.flow(), 'alice');
    expect(request).toMatchObject({ status: 'approved', version: 2, integrationId: integration.id });
    expect(await integration.grant(request)).toMatchObject({ status: 'activating', activatedAt: null });
    expect(await integration.members(integration.deploy)).toEqual({});

    await accessFlow.runTargets();
    const grant = await integration.grant(request);
    expect(grant).toMatchObject({ status: 'active', version: 2, requestId: request.id });
    expect(Date.parse(grant.endsAt) - Date.parse(grant.createdAt)).toBe(HOUR * 1000);
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'grant' });
    expect(await accessFlow.eventNames(request.id)).toEqual(['request.created', 'request.approved']);
    expect(await accessFlow.eventNames(grant.grantId)).toEqual(['grant.activated']);
  });

  it('a flow with approvers grants only after an approval', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob', 'carol'), 'alice', {
      justification: ' hotfix ',
    });
    expect(request).toMatchObject({ status: 'pending', justification: 'hotfix', grantId: null });
    const reviewed = await integration.review(request, 'carol');
    expect(reviewed).toMatchObject({ status: 'approved', reviews: [{ reviewerId: integration.people.carol.userId }] });
    await accessFlow.runTargets();
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'grant' });
    await expect(integration.review(request, 'bob', 'deny')).rejects.toEqual(refusal('conflict'));
  });

  it('a denial ends the request without a grant', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    expect(await integration.review(request, 'bob', 'deny')).toMatchObject({ status: 'denied', grantId: null });
    expect((await integration.ask('grants.list', { limit: 10 })).items).toEqual([]);
  });

  it('approvers cannot approve their own requests', async () => {
    const request = await integration.request(await integration.reviewedFlow('alice', 'bob'), 'alice');
    await expect(integration.review(request, 'alice')).rejects.toEqual(refusal('notAllowed'));
    expect(await integration.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('lists pending requests by approver, without own requests', async () => {
    const shared = await integration.request(await integration.reviewedFlow('bob', 'carol'), 'alice');
    const billing = { groupId: integration.billing };
    const own = await integration.request(await integration.reviewedFlow('alice', 'bob'), 'alice', billing);
    await integration.request(await integration.flow(), 'dan');
    const pendingFor = async (...people: Person[]) => {
      const approverIds = people.map((name) => integration.people[name].userId);
      const { items } = await integration.ask('requests.list', { limit: 10, status: 'pending', approverIds });
      return items.map(({ id }) => id);
    };
    expect(await pendingFor('bob')).toEqual([own.id, shared.id]);
    expect(await pendingFor('carol')).toEqual([shared.id]);
    expect(await pendingFor('carol', 'dan')).toEqual([shared.id]);
    expect([await pendingFor('alice'), await pendingFor('dan')]).toEqual([[], []]);
    await integration.deactivate('carol');
    expect([await pendingFor('carol'), await pendingFor('bob')]).toEqual([[], [own.id, shared.id]]);
    await integration.review(shared, 'bob');
    expect(await pendingFor('bob')).toEqual([own.id]);
    const otherIntegration = await Integration.create(accessFlow);
    expect(
      (await otherIntegration.ask('requests.list', { limit: 10, approverIds: [integration.people.bob.userId] })).items,
    ).toEqual([]);
    const [none, bad] = [{ approverIds: [] }, { approverIds: ['bob'] }];
    for (const invalid of [none, bad])
      await expect(integration.ask('requests.list', { limit: 10, ...invalid })).rejects.toEqual(refusal('invalid'));
  });

  it('users who are not approvers and inactive approvers cannot review a request', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    for (const person of ['dan', 'erin'] as const)
      await expect(integration.review(request, person)).rejects.toEqual(refusal('notAllowed'));
    await expect(integration.reviewedFlow('erin')).rejects.toEqual(refusal('invalid'));
    expect(await integration.ask('requests.get', { id: request.id })).toMatchObject({ status: 'pending' });
  });

  it('when all approvers of a flow are replaced, the new ones review earlier requests', async () => {
    const flow = await integration.reviewedFlow('bob');
    const request = await integration.request(flow, 'alice');
    await integration.edit(flow, { steps: integration.by('carol') });
    await expect(integration.review(request, 'bob')).rejects.toEqual(refusal('notAllowed'));
    expect(await integration.review(request, 'carol')).toMatchObject({ status: 'approved' });
  });

  it('two flows of an integration cannot have the same name, even when made concurrently', async () => {
    const create = (name: string) => integration.flow({ name });
    const results = await Promise.allSettled([create('Deploy'), create('deploy'), create('DEPLOY')]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toEqual(refusal('conflict'));
    const { id } = await create('Billing');
    const rename = (name: string) => integration.ask('flows.update', { id, settings: { name } });
    await expect(rename('deploy')).rejects.toEqual(refusal('conflict'));
    expect(await rename('billing')).toMatchObject({ name: 'billing', version: 2 });
  });

  it('requests that are not allowed are refused', async () => {
    const flow = await integration.flow({ groupIds: [integration.deploy], maxDurationSeconds: HOUR });
    const other = await Integration.create(accessFlow);
    const cases: [Parameters<Integration['request']>[2], string][] = [
      [{ durationSeconds: 59 }, 'invalid'],
      [{ durationSeconds: HOUR + 1 }, 'invalid'],
      [{ durationSeconds: 90.5 }, 'invalid'],
      [{ groupId: integration.billing }, 'notAllowed'],
      [{ groupId: 'no uuid' }, 'invalid'],
      [{ groupId: uuidv7() }, 'notAllowed'],
      [{ flowId: '__proto__' }, 'invalid'],
      [{ flowId: uuidv7() }, 'missing'],
      [{ userId: other.people.alice.userId }, 'missing'],
      [{ userId: integration.people.erin.userId }, 'notAllowed'],
      [{ justification: 'x'.repeat(1001) }, 'invalid'],
      [{ justification: 'nul \0' }, 'invalid'],
    ];
    for (const [data, code] of cases)
      await expect(integration.request(flow, 'alice', data)).rejects.toEqual(refusal(code));
    await integration.ask('flows.update', { id: flow.id, settings: { enabled: false } });
    await expect(integration.request(flow, 'alice')).rejects.toEqual(refusal('notAllowed'));
    await integration.ask('flows.delete', { id: flow.id });
    await expect(integration.request(flow, 'alice')).rejects.toEqual(refusal('missing'));
    expect((await integration.ask('requests.list', { limit: 10 })).items).toEqual([]);
  });

  it('members by SCIM are eligible for a flow of their group, members by grant are not', async () => {
    await integration.push(integration.billing, 2, { bob: true });
    await integration.requestAccess('alice', { groupId: integration.billing });
    const flow = await integration.flow({
      eligibility: inGroups(integration.billing),
      groupIds: [integration.deploy],
    });
    expect(await integration.request(flow, 'bob')).toMatchObject({ status: 'approved' });
    await expect(integration.request(flow, 'alice')).rejects.toEqual(refusal('notAllowed'));
  });

  it('only pending requests can be cancelled', async () => {
    const flow = await integration.reviewedFlow('bob');
    const request = await integration.request(flow, 'alice');
    expect(await integration.ask('requests.cancel', { id: request.id })).toMatchObject({ status: 'cancelled' });
    await expect(integration.review(request, 'bob')).rejects.toEqual(refusal('conflict'));
    await expect(integration.ask('requests.cancel', { id: request.id })).rejects.toEqual(refusal('conflict'));
    expect(await integration.request(flow, 'alice')).toMatchObject({ status: 'pending' });
  });

  it('a repeated command gets the same reply and is applied once', async () => {
    const commandId = '01900000-0000-7000-8000-000000000001';
    const flow = await integration.flow();
    const twice = await Promise.all([1, 2].map(() => integration.request(flow, 'alice', {}, commandId)));
    expect(twice[0]!.id).toBe(twice[1]!.id);
    await accessFlow.runTargets();
    const grant = await integration.grant(twice[0]!);
    const extend = () =>
      integration.ask(
        'grants.extend',
        { id: grant.grantId, durationSeconds: HOUR },
        '01900000-0000-7000-8000-000000000002',
      );
    expect((await extend()).endsAt).toBe((await extend()).endsAt);
    expect((await integration.ask('grants.list', { limit: 10 })).items).toHaveLength(1);
  });

  it('an extension moves the end of an active grant, up to the maximum of the flow', async () => {
    const grant = await integration.requestAccess('alice', { durationSeconds: 6 * HOUR });
    const extend = (durationSeconds: number) =>
      integration.ask('grants.extend', { id: grant.grantId, durationSeconds });
    const extended = await extend(2 * HOUR);
    expect(Date.parse(extended.endsAt) - Date.parse(grant.endsAt)).toBe(2 * HOUR * 1000);
    await expect(extend(60)).rejects.toEqual(refusal('conflict'));
    expect(await accessFlow.eventNames(grant.grantId)).toEqual(['grant.activated', 'grant.extended']);
  });

  it('a grant that is not active cannot be extended', async () => {
    const request = await integration.request(await integration.flow(), 'alice');
    const extend = () => integration.ask('grants.extend', { id: request.grantId!, durationSeconds: 60 });
    await expect(extend()).rejects.toEqual(refusal('conflict'));
    await integration.ask('grants.revoke', { id: request.grantId! });
    await expect(extend()).rejects.toEqual(refusal('conflict'));
  });

  it('lists are paged, newest first, and can be filtered', async () => {
    const flow = await integration.flow();
    const ids: string[] = [];
    const { deploy, billing } = integration;
    for (const [person, groupId] of [
      ['alice', deploy],
      ['bob', deploy],
      ['alice', billing],
      ['carol', deploy],
    ] as const)
      ids.unshift((await integration.request(flow, person, { groupId })).id);
    const first = await integration.ask('requests.list', { limit: 3 });
    const second = await integration.ask('requests.list', { limit: 3, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map((item) => item.id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const { userId } = integration.people.alice;
    expect((await integration.ask('requests.list', { limit: 9, userId, status: 'approved' })).items).toHaveLength(2);
    expect((await integration.ask('grants.list', { limit: 9, userId, status: 'active' })).items).toHaveLength(0);
    await expect(integration.ask('grants.list', { limit: 201 })).rejects.toEqual(refusal('invalid'));
    await expect(integration.ask('grants.list', { limit: 1, cursor: "' OR 1=1" })).rejects.toEqual(refusal('invalid'));
  });
});
