import { TestAccessFlow } from './harness.js';
import { HOUR, Integration, type Person } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Lending a group', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
  });

  it('an automatic flow grants at once, and the target makes it effective', async () => {
    const request = await org.request(await org.flow(), 'alice');
    expect(request).toMatchObject({ status: 'approved', version: 2, integrationId: org.id });
    expect(await org.grant(request)).toMatchObject({ status: 'activating', activatedAt: null });
    expect(await org.members(org.deploy)).toEqual({});

    await accessFlow.settleTargets();
    const grant = await org.grant(request);
    expect(grant).toMatchObject({ status: 'active', version: 2, requestId: request.id });
    expect(Date.parse(grant.endsAt) - Date.parse(grant.createdAt)).toBe(HOUR * 1000);
    expect(await org.members(org.deploy)).toEqual({ alice: 'grant' });
    expect(await accessFlow.told(request.id)).toEqual(['request.created', 'request.approved']);
    expect(await accessFlow.told(grant.grantId)).toEqual(['grant.activated']);
  });

  it('a reviewed flow grants when an approver says yes, and not before', async () => {
    const request = await org.request(await org.reviewedFlow('bob', 'carol'), 'alice', { justification: ' hotfix ' });
    expect(request).toMatchObject({ status: 'pending', justification: 'hotfix', grantId: null });
    const reviewed = await org.review(request, 'carol');
    expect(reviewed).toMatchObject({ status: 'approved', reviews: [{ reviewerId: org.people.carol.userId }] });
    await accessFlow.settleTargets();
    expect(await org.members(org.deploy)).toEqual({ alice: 'grant' });
    await expect(org.review(request, 'bob', 'deny')).rejects.toEqual(refusal('conflict'));
  });

  it('a denial ends the request without a grant', async () => {
    const request = await org.request(await org.reviewedFlow('bob'), 'alice');
    expect(await org.review(request, 'bob', 'deny')).toMatchObject({ status: 'denied', grantId: null });
    expect((await org.ask('grants.list', { limit: 10 })).items).toEqual([]);
  });

  it('nobody approves their own request, not even an approver', async () => {
    const request = await org.request(await org.reviewedFlow('alice', 'bob'), 'alice');
    await expect(org.review(request, 'alice')).rejects.toEqual(refusal('notAllowed'));
    expect(await org.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('lists for approvers what waits for them, and for nobody what that user asked for itself', async () => {
    const shared = await org.request(await org.reviewedFlow('bob', 'carol'), 'alice');
    const own = await org.request(await org.reviewedFlow('alice', 'bob'), 'alice');
    await org.request(await org.flow(), 'alice');
    const waitsFor = async (...people: Person[]) => {
      const approverIds = people.map((name) => org.people[name].userId);
      const { items } = await org.ask('requests.list', { limit: 10, status: 'pending', approverIds });
      return items.map(({ id }) => id);
    };
    expect(await waitsFor('bob')).toEqual([own.id, shared.id]);
    expect(await waitsFor('carol')).toEqual([shared.id]);
    expect(await waitsFor('carol', 'dan')).toEqual([shared.id]);
    expect([await waitsFor('alice'), await waitsFor('dan')]).toEqual([[], []]);
    await org.leaves('carol');
    expect([await waitsFor('carol'), await waitsFor('bob')]).toEqual([[], [own.id, shared.id]]);
    await org.review(shared, 'bob');
    expect(await waitsFor('bob')).toEqual([own.id]);
    const elsewhere = await Integration.begin(accessFlow);
    expect((await elsewhere.ask('requests.list', { limit: 10, approverIds: [org.people.bob.userId] })).items).toEqual(
      [],
    );
    const [none, bad] = [{ approverIds: [] }, { approverIds: ['bob'] }];
    for (const wrong of [none, bad])
      await expect(org.ask('requests.list', { limit: 10, ...wrong })).rejects.toEqual(refusal('invalid'));
  });

  it('who is no approver of the request cannot review it, nor can erin, who has left', async () => {
    const request = await org.request(await org.reviewedFlow('bob'), 'alice');
    for (const person of ['dan', 'erin'] as const)
      await expect(org.review(request, person)).rejects.toEqual(refusal('notAllowed'));
    await expect(org.reviewedFlow('erin')).rejects.toEqual(refusal('invalid'));
    expect(await org.ask('requests.get', { id: request.id })).toMatchObject({ status: 'pending' });
  });

  it('when all approvers of a flow are replaced, the new ones review what was asked before', async () => {
    const flow = await org.reviewedFlow('bob');
    const request = await org.request(flow, 'alice');
    const approval = { kind: 'one_approver' as const, approverIds: [org.people.carol.userId] };
    await org.ask('flows.update', { id: flow.id, settings: { approval } });
    await expect(org.review(request, 'bob')).rejects.toEqual(refusal('notAllowed'));
    expect(await org.review(request, 'carol')).toMatchObject({ status: 'approved' });
  });

  it('the same request cannot be pending twice, even when asked at once', async () => {
    const flow = await org.reviewedFlow('bob');
    const asked = await Promise.allSettled(Array.from({ length: 5 }, () => org.request(flow, 'alice')));
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of asked) if (one.status === 'rejected') expect(one.reason).toEqual(refusal('conflict'));
  });

  it('what may not be asked for is refused with a reason', async () => {
    const flow = await org.flow({ groupIds: [org.deploy], maxDurationSeconds: HOUR });
    const other = await Integration.begin(accessFlow);
    const tries: [Parameters<Integration['request']>[2], string][] = [
      [{ durationSeconds: 59 }, 'invalid'],
      [{ durationSeconds: HOUR + 1 }, 'invalid'],
      [{ durationSeconds: 90.5 }, 'invalid'],
      [{ groupId: org.billing }, 'notAllowed'],
      [{ groupId: 'no uuid' }, 'missing'],
      [{ flowId: '__proto__' }, 'missing'],
      [{ userId: other.people.alice.userId }, 'missing'],
      [{ userId: org.people.erin.userId }, 'notAllowed'],
      [{ justification: 'x'.repeat(1001) }, 'invalid'],
      [{ justification: 'nul \0' }, 'invalid'],
    ];
    for (const [data, code] of tries) await expect(org.request(flow, 'alice', data)).rejects.toEqual(refusal(code));
    await org.ask('flows.update', { id: flow.id, settings: { enabled: false } });
    await expect(org.request(flow, 'alice')).rejects.toEqual(refusal('notAllowed'));
    await org.ask('flows.delete', { id: flow.id });
    await expect(org.request(flow, 'alice')).rejects.toEqual(refusal('missing'));
    expect((await org.ask('requests.list', { limit: 10 })).items).toEqual([]);
  });

  it('a flow for members of a group is open to pushed members alone, not to who borrowed that group', async () => {
    await org.push(org.billing, 2, { bob: true });
    await org.requestAccess('alice', { groupId: org.billing });
    const flow = await org.flow({
      requesters: { kind: 'members_of', groupIds: [org.billing] },
      groupIds: [org.deploy],
    });
    expect(await org.request(flow, 'bob')).toMatchObject({ status: 'approved' });
    await expect(org.request(flow, 'alice')).rejects.toEqual(refusal('notAllowed'));
  });

  it('only a pending request can be cancelled', async () => {
    const flow = await org.reviewedFlow('bob');
    const request = await org.request(flow, 'alice');
    expect(await org.ask('requests.cancel', { id: request.id })).toMatchObject({ status: 'cancelled' });
    await expect(org.review(request, 'bob')).rejects.toEqual(refusal('conflict'));
    await expect(org.ask('requests.cancel', { id: request.id })).rejects.toEqual(refusal('conflict'));
    expect(await org.request(flow, 'alice')).toMatchObject({ status: 'pending' });
  });

  it('a command that is sent again is answered and not applied again', async () => {
    const commandId = '01900000-0000-7000-8000-000000000001';
    const flow = await org.flow();
    const twice = await Promise.all([1, 2].map(() => org.request(flow, 'alice', {}, commandId)));
    expect(twice[0]!.id).toBe(twice[1]!.id);
    await accessFlow.settleTargets();
    const grant = await org.grant(twice[0]!);
    const extend = () =>
      org.ask('grants.extend', { id: grant.grantId, durationSeconds: HOUR }, '01900000-0000-7000-8000-000000000002');
    expect((await extend()).endsAt).toBe((await extend()).endsAt);
    expect((await org.ask('grants.list', { limit: 10 })).items).toHaveLength(1);
  });

  it('an extension moves the end of an active grant, up to what the flow allows in all', async () => {
    const grant = await org.requestAccess('alice', { durationSeconds: 6 * HOUR });
    const extend = (durationSeconds: number) => org.ask('grants.extend', { id: grant.grantId, durationSeconds });
    const extended = await extend(2 * HOUR);
    expect(Date.parse(extended.endsAt) - Date.parse(grant.endsAt)).toBe(2 * HOUR * 1000);
    await expect(extend(60)).rejects.toEqual(refusal('conflict'));
    expect(await accessFlow.told(grant.grantId)).toEqual(['grant.activated', 'grant.extended']);
  });

  it('a grant that is not active is not extended', async () => {
    const request = await org.request(await org.flow(), 'alice');
    const extend = () => org.ask('grants.extend', { id: request.grantId!, durationSeconds: 60 });
    await expect(extend()).rejects.toEqual(refusal('conflict'));
    await org.ask('grants.revoke', { id: request.grantId! });
    await expect(extend()).rejects.toEqual(refusal('conflict'));
  });

  it('lists run page by page, newest first, and take filters', async () => {
    const flow = await org.flow();
    const ids: string[] = [];
    for (const person of ['alice', 'bob', 'alice', 'carol'] as const) ids.unshift((await org.request(flow, person)).id);
    const first = await org.ask('requests.list', { limit: 3 });
    const second = await org.ask('requests.list', { limit: 3, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map((item) => item.id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const { userId } = org.people.alice;
    expect((await org.ask('requests.list', { limit: 9, userId, status: 'approved' })).items).toHaveLength(2);
    expect((await org.ask('grants.list', { limit: 9, userId, status: 'active' })).items).toHaveLength(0);
    await expect(org.ask('grants.list', { limit: 201 })).rejects.toEqual(refusal('invalid'));
    await expect(org.ask('grants.list', { limit: 1, cursor: "' OR 1=1" })).rejects.toEqual(refusal('invalid'));
  });
});
