import { type FlowSettings, type RequestReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

const refusedWith = (code: string, detail: string): unknown =>
  expect.objectContaining({ code, detail: expect.stringContaining(detail) });

describe('Changes after a request', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    await integration.push(integration.billing, 2, { alice: true, carol: true });
  });

  const by = (...people: Person[]) => integration.by(...people);
  /** Creates a flow for members of billing with the approvers bob and carol. */
  const flow = (settings: Partial<FlowSettings> = {}) =>
    integration.flow({
      eligibility: inGroups(integration.billing),
      steps: by('bob', 'carol'),
      ...settings,
    });
  const read = ({ id }: RequestReply) => integration.ask('requests.get', { id });
  const noGrant = async () => expect((await integration.ask('grants.list', { limit: 9 })).items).toEqual([]);

  it('a request of a disabled flow cannot be approved, and stays pending until the flow is enabled', async () => {
    const created = await flow();
    const request = await integration.request(created, 'alice');
    expect(await integration.edit(created, { enabled: false })).toMatchObject({ enabled: false, cancelledRequests: 0 });
    await expect(integration.review(request, 'bob')).rejects.toEqual(
      refusedWith('conflict', 'access flow is disabled'),
    );
    await noGrant();
    expect(await read(request)).toMatchObject({ status: 'pending', reviews: [] });
    await integration.edit(created, { enabled: true });
    expect(await integration.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('an approver removed from the flow can neither approve nor deny', async () => {
    const created = await flow();
    const request = await integration.request(created, 'alice');
    expect(await integration.edit(created, { steps: by('carol') })).toMatchObject({
      cancelledRequests: 0,
      restartedRequests: 1,
    });
    for (const verdict of ['approve', 'deny'] as const)
      await expect(integration.review(request, 'bob', verdict)).rejects.toEqual(refusedWith('notAllowed', 'approver'));
    await noGrant();
    expect(await read(request)).toMatchObject({ status: 'pending' });
    expect(integration.deciders(await read(request))).toEqual(['carol']);
    expect(await integration.review(request, 'carol')).toMatchObject({ status: 'approved' });
  });

  it('removing a group from the flow cancels and counts its requests', async () => {
    const created = await flow();
    const [cancelled, kept] = [
      await integration.request(created, 'alice'),
      await integration.request(created, 'alice', { groupId: integration.billing }),
    ];
    expect(await integration.edit(created, { groupIds: [integration.billing] })).toMatchObject({
      cancelledRequests: 1,
    });
    await expect(integration.review(cancelled, 'bob')).rejects.toEqual(refusedWith('conflict', 'cancelled'));
    expect(await read(cancelled)).toMatchObject({ status: 'cancelled', statusReason: 'group_not_offered' });
    expect(await accessFlow.eventNames(cancelled.id)).toEqual(['request.created', 'request.cancelled']);
    await noGrant();
    expect(await integration.review(kept, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('a lower maximum applies to earlier requests', async () => {
    const created = await flow();
    const request = await integration.request(created, 'alice', { durationSeconds: 8 * HOUR });
    expect(await integration.edit(created, { maxDurationSeconds: 600 })).toMatchObject({ cancelledRequests: 0 });
    const grant = await integration.grant(await integration.review(request, 'bob'));
    expect(Date.parse(grant.endsAt) - Date.parse(grant.createdAt)).toBe(600_000);
  });

  it('a higher maximum does not extend earlier requests', async () => {
    const created = await flow({ maxDurationSeconds: HOUR });
    const request = await integration.request(created, 'alice');
    await integration.edit(created, { maxDurationSeconds: 8 * HOUR });
    const grant = await integration.grant(await integration.review(request, 'bob'));
    expect(Date.parse(grant.endsAt) - Date.parse(grant.createdAt)).toBe(HOUR * 1000);
  });

  it("removing a requester from the requester group cancels only that user's requests", async () => {
    const created = await flow();
    const [cancelled, kept] = [
      await integration.request(created, 'alice'),
      await integration.request(created, 'carol'),
    ];
    await integration.push(integration.billing, 3, { alice: false });
    await expect(integration.review(cancelled, 'bob')).rejects.toEqual(refusedWith('conflict', 'cancelled'));
    expect(await read(cancelled)).toMatchObject({ status: 'cancelled', statusReason: 'requester_not_eligible' });
    expect(await accessFlow.eventNames(cancelled.id)).toEqual(['request.created', 'request.cancelled']);
    await noGrant();
    expect(await integration.review(kept, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('a requester who is still in another requester group can be approved', async () => {
    await integration.push(integration.deploy, 2, { alice: true });
    const created = await flow({
      eligibility: inGroups(integration.billing, integration.deploy),
    });
    const request = await integration.request(created, 'alice');
    await integration.push(integration.billing, 3, { alice: false });
    expect(await integration.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it.each([
    ['deleted', { deleted: true, version: 9 }],
    ['no longer synced', { deleted: false, synced: false, syncVersion: 9, version: 9 }],
  ])('a requester group that is %s makes no user eligible', async (_, state) => {
    const created = await flow({ groupIds: [integration.deploy] });
    const everyone = await integration.request(await integration.reviewedFlow('bob'), 'carol');
    const request = await integration.request(created, 'alice');
    await integration.publish('group.unsynced', integration.billing, {
      groupId: integration.billing,
      displayName: 'Billing',
      ...state,
    });
    expect(await read(request)).toMatchObject({ status: 'cancelled', statusReason: 'requester_not_eligible' });
    expect(await read(everyone)).toMatchObject({ status: 'pending' });
  });

  it('a flow change cancels requests of users who are no longer eligible', async () => {
    const created = await flow({ eligibility: { kind: 'everyone' } });
    const [cancelled, kept] = [await integration.request(created, 'dan'), await integration.request(created, 'alice')];
    const updated = await integration.edit(created, { eligibility: inGroups(integration.billing) });
    expect(updated).toMatchObject({ cancelledRequests: 1 });
    expect(await read(cancelled)).toMatchObject({ status: 'cancelled', statusReason: 'requester_not_eligible' });
    expect(await read(kept)).toMatchObject({ status: 'pending' });
  });

  it('a repeated change returns the same number of cancelled requests', async () => {
    const created = await flow();
    await integration.request(created, 'alice');
    const change = { id: created.id, settings: { groupIds: [integration.billing] }, confirm: created.name };
    const commandId = '01900000-0000-7000-8000-00000000000a';
    for (let time = 0; time < 2; time++)
      expect(await integration.ask('flows.update', change, commandId)).toMatchObject({
        cancelledRequests: 1,
        version: 2,
      });
  });

  // These rows are changed directly, since the commands and events would cancel the request.
  it.each<[string, (flow: { id: string }) => Promise<unknown>, string]>([
    [
      'the group is not offered',
      ({ id }) => accessFlow.rows(`UPDATE access_flow.flows SET group_ids = '{}' WHERE id = $1`, [id]),
      'no longer offers this group',
    ],
    [
      'the group is not synced',
      () => accessFlow.rows(`UPDATE access_flow.groups SET synced = false WHERE id = $1`, [integration.deploy]),
      'no longer in the groups to sync',
    ],
    [
      'the requester is not eligible',
      () =>
        accessFlow.rows(`UPDATE access_flow.members SET present = false WHERE group_id = $1`, [integration.billing]),
      'no longer eligible',
    ],
  ])('an approval is refused when %s, and a denial is possible', async (_, withdraw, detail) => {
    const created = await flow();
    const request = await integration.request(created, 'alice');
    await withdraw(created);
    await expect(integration.review(request, 'bob')).rejects.toEqual(refusedWith('conflict', detail));
    await noGrant();
    expect(await integration.review(request, 'bob', 'deny')).toMatchObject({ status: 'denied' });
  });

  it('a former approver of the flow cannot review, even if the request still lists that approver', async () => {
    const created = await flow();
    const request = await integration.request(created, 'alice');
    await accessFlow.rows(`UPDATE access_flow.flows SET rules = jsonb_set(rules, '{steps}', $2) WHERE id = $1`, [
      created.id,
      JSON.stringify(by('carol')),
    ]);
    for (const verdict of ['approve', 'deny'] as const)
      await expect(integration.review(request, 'bob', verdict)).rejects.toEqual(refusedWith('notAllowed', 'approver'));
  });

  it('changed steps start the approval of earlier requests again, so a new approver can review them', async () => {
    const created = await flow();
    const request = await integration.request(created, 'alice');
    await integration.edit(created, { steps: by('bob', 'dan') });
    expect(integration.deciders(await read(request))).toEqual(['bob', 'dan']);
    expect(await integration.review(request, 'dan')).toMatchObject({ status: 'approved' });
  });

  it('grants stay active when their flow is restricted', async () => {
    const created = await flow();
    const approved = await integration.review(await integration.request(created, 'alice'), 'bob');
    await accessFlow.runTargets();
    const change = { enabled: false, groupIds: [integration.billing], maxDurationSeconds: 60 };
    expect(await integration.edit(created, change)).toMatchObject({ cancelledRequests: 0 });
    expect(await integration.grant(approved)).toMatchObject({ status: 'active' });
  });
});
