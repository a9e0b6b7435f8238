import { type FlowSettings, type RequestRecord } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration } from './integration.js';

const refusedWith = (code: string, detail: string): unknown =>
  expect.objectContaining({ code, detail: expect.stringContaining(detail) });

describe('What was withdrawn since the request', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
    await org.push(org.billing, 2, { alice: true, carol: true });
  });

  const id = (person: 'alice' | 'bob' | 'carol' | 'dan') => org.people[person].userId;
  const by = (...people: ('alice' | 'bob' | 'carol' | 'dan')[]) =>
    ({ kind: 'one_approver', approverIds: people.map(id) }) as const;
  /** A flow for members of billing, in which bob and carol decide. */
  const flow = (settings: Partial<FlowSettings> = {}) =>
    org.flow({
      requesters: { kind: 'members_of', groupIds: [org.billing] },
      approval: by('bob', 'carol'),
      ...settings,
    });
  const edit = (flowId: string, settings: Partial<FlowSettings>) => org.ask('flows.update', { id: flowId, settings });
  const shown = ({ id }: RequestRecord) => org.ask('requests.get', { id });
  const noGrant = async () => expect((await org.ask('grants.list', { limit: 9 })).items).toEqual([]);

  it('a disabled flow approves nothing, leaves the request pending, and can be enabled again', async () => {
    const made = await flow();
    const request = await org.request(made, 'alice');
    expect(await edit(made.id, { enabled: false })).toMatchObject({ enabled: false, cancelledRequests: 0 });
    await expect(org.review(request, 'bob')).rejects.toEqual(refusedWith('conflict', 'access flow is disabled'));
    await noGrant();
    expect(await shown(request)).toMatchObject({ status: 'pending', reviews: [] });
    await edit(made.id, { enabled: true });
    expect(await org.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('an approver who was taken out of the flow decides neither way, also when that approver took himself out', async () => {
    const made = await flow();
    const request = await org.request(made, 'alice');
    expect(await edit(made.id, { approval: by('carol') })).toMatchObject({ cancelledRequests: 0 });
    for (const verdict of ['approve', 'deny'] as const)
      await expect(org.review(request, 'bob', verdict)).rejects.toEqual(refusedWith('notAllowed', 'approver'));
    await noGrant();
    expect(await shown(request)).toMatchObject({ status: 'pending', approval: by('carol') });
    expect(await org.review(request, 'carol')).toMatchObject({ status: 'approved' });
  });

  it('a group that the flow no longer offers is not granted: its requests are cancelled and counted', async () => {
    const made = await flow();
    const [gone, kept] = [await org.request(made, 'alice'), await org.request(made, 'alice', { groupId: org.billing })];
    expect(await edit(made.id, { groupIds: [org.billing] })).toMatchObject({ cancelledRequests: 1 });
    await expect(org.review(gone, 'bob')).rejects.toEqual(refusedWith('conflict', 'cancelled'));
    expect(await shown(gone)).toMatchObject({ status: 'cancelled', statusReason: 'group_not_offered' });
    expect(await accessFlow.told(gone.id)).toEqual(['request.created', 'request.cancelled']);
    await noGrant();
    expect(await org.review(kept, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('a lower maximum holds for what was requested before', async () => {
    const made = await flow();
    const request = await org.request(made, 'alice', { durationSeconds: 8 * HOUR });
    expect(await edit(made.id, { maxDurationSeconds: 600 })).toMatchObject({ cancelledRequests: 0 });
    const grant = await org.grant(await org.review(request, 'bob'));
    expect(Date.parse(grant.endsAt) - Date.parse(grant.createdAt)).toBe(600_000);
  });

  it('a higher maximum does not lengthen what was requested before', async () => {
    const made = await flow({ maxDurationSeconds: HOUR });
    const request = await org.request(made, 'alice');
    await edit(made.id, { maxDurationSeconds: 8 * HOUR });
    const grant = await org.grant(await org.review(request, 'bob'));
    expect(Date.parse(grant.endsAt) - Date.parse(grant.createdAt)).toBe(HOUR * 1000);
  });

  it('a requester who left the group of requesters over SCIM is granted nothing, and others are', async () => {
    const made = await flow();
    const [gone, kept] = [await org.request(made, 'alice'), await org.request(made, 'carol')];
    await org.push(org.billing, 3, { alice: false });
    await expect(org.review(gone, 'bob')).rejects.toEqual(refusedWith('conflict', 'cancelled'));
    expect(await shown(gone)).toMatchObject({ status: 'cancelled', statusReason: 'requester_not_eligible' });
    expect(await accessFlow.told(gone.id)).toEqual(['request.created', 'request.cancelled']);
    await noGrant();
    expect(await org.review(kept, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('a requester who is still in another group of requesters is granted', async () => {
    await org.push(org.deploy, 2, { alice: true });
    const made = await flow({ requesters: { kind: 'members_of', groupIds: [org.billing, org.deploy] } });
    const request = await org.request(made, 'alice');
    await org.push(org.billing, 3, { alice: false });
    expect(await org.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it.each([
    ['deleted', { deleted: true, version: 9 }],
    ['no longer synced', { deleted: false, synced: false, syncVersion: 9, version: 9 }],
  ])('a group of requesters that is %s makes nobody eligible', async (_, state) => {
    const made = await flow({ groupIds: [org.deploy] });
    const everyone = await org.request(await org.reviewedFlow('bob'), 'alice');
    const request = await org.request(made, 'alice');
    await org.tell('group.unsynced', org.billing, { groupId: org.billing, displayName: 'Billing', ...state });
    expect(await shown(request)).toMatchObject({ status: 'cancelled', statusReason: 'requester_not_eligible' });
    expect(await shown(everyone)).toMatchObject({ status: 'pending' });
  });

  it('requesters that a flow leaves out lose their requests', async () => {
    const made = await flow({ requesters: { kind: 'everyone' } });
    const [gone, kept] = [await org.request(made, 'dan'), await org.request(made, 'alice')];
    const narrowed = await edit(made.id, { requesters: { kind: 'members_of', groupIds: [org.billing] } });
    expect(narrowed).toMatchObject({ cancelledRequests: 1 });
    expect(await shown(gone)).toMatchObject({ status: 'cancelled', statusReason: 'requester_not_eligible' });
    expect(await shown(kept)).toMatchObject({ status: 'pending' });
  });

  it('a change that is sent again says again how many requests it cancelled', async () => {
    const made = await flow();
    await org.request(made, 'alice');
    const change = { id: made.id, settings: { groupIds: [org.billing] } };
    const commandId = '01900000-0000-7000-8000-00000000000a';
    for (let time = 0; time < 2; time++)
      expect(await org.ask('flows.update', change, commandId)).toMatchObject({ cancelledRequests: 1, version: 2 });
  });

  // What the narrowing itself would have cancelled, had it found the request.
  it.each<[string, (made: { id: string }) => Promise<unknown>, string]>([
    [
      'the group is not offered',
      ({ id }) => accessFlow.rows(`UPDATE access_flow.flows SET group_ids = '{}' WHERE id = $1`, [id]),
      'no longer offers this group',
    ],
    [
      'the group is not synced',
      () => accessFlow.rows(`UPDATE access_flow.groups SET synced = false WHERE id = $1`, [org.deploy]),
      'no longer among the groups to sync',
    ],
    [
      'the requester is not eligible',
      () => accessFlow.rows(`UPDATE access_flow.members SET present = false WHERE group_id = $1`, [org.billing]),
      'may no longer request',
    ],
  ])('an approval looks itself: when %s it is refused and says so; a denial is possible', async (_, withdraw, says) => {
    const made = await flow();
    const request = await org.request(made, 'alice');
    await withdraw(made);
    await expect(org.review(request, 'bob')).rejects.toEqual(refusedWith('conflict', says));
    await noGrant();
    expect(await org.review(request, 'bob', 'deny')).toMatchObject({ status: 'denied' });
  });

  it('an approver whom the flow no longer names decides nothing, whatever the request says', async () => {
    const made = await flow();
    const request = await org.request(made, 'alice');
    await accessFlow.rows(`UPDATE access_flow.flows SET approver_ids = ARRAY[$2::uuid] WHERE id = $1`, [
      made.id,
      id('carol'),
    ]);
    for (const verdict of ['approve', 'deny'] as const)
      await expect(org.review(request, 'bob', verdict)).rejects.toEqual(refusedWith('notAllowed', 'no longer'));
  });

  it('an approver whom the flow names later decides nothing that others can decide', async () => {
    const made = await flow();
    const request = await org.request(made, 'alice');
    await edit(made.id, { approval: by('bob', 'dan') });
    await expect(org.review(request, 'dan')).rejects.toEqual(refusedWith('notAllowed', 'not an approver'));
    expect(await org.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('what was approved goes on when its flow is narrowed', async () => {
    const made = await flow();
    const approved = await org.review(await org.request(made, 'alice'), 'bob');
    await accessFlow.settleTargets();
    const change = { enabled: false, groupIds: [org.billing], maxDurationSeconds: 60 };
    expect(await edit(made.id, change)).toMatchObject({ cancelledRequests: 0 });
    expect(await org.grant(approved)).toMatchObject({ status: 'active' });
  });
});
