import { type FlowSettings, type RequestRecord } from '@tidegate/contracts';
import { readGauges } from '../src/gauges.js';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person } from './integration.js';

const refusedWith = (detail: string): unknown =>
  expect.objectContaining({ code: 'invalid', detail: expect.stringContaining(detail) });

describe('A request that no one can decide', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
    accessFlow.errors.length = 0;
  });

  const by = (...people: Person[]) =>
    ({ kind: 'one_approver', approverIds: people.map((name) => org.people[name].userId) }) as const;
  const edit = (flow: { id: string }, settings: Partial<FlowSettings>) =>
    org.ask('flows.update', { id: flow.id, settings });
  const shown = ({ id }: RequestRecord) => org.ask('requests.get', { id });
  const counted = async (...orgs: Integration[]) =>
    (
      await accessFlow.ask(
        orgs.map(({ id }) => id),
        'requests.undecidable',
        {},
      )
    ).items;
  /** That the alarm was raised once, for these requests. */
  const alarmed = (...requests: RequestRecord[]) =>
    expect(accessFlow.errors).toEqual([
      expect.objectContaining({
        level: 'error',
        integrationId: org.id,
        accessRequestIds: requests.map(({ id }) => id),
        msg: 'Pending requests have no approver who can decide them',
      }),
    ]);

  it.each<[string, (person: Person) => Promise<unknown>]>([
    ['is deactivated', (person) => org.leaves(person)],
    [
      'is deleted',
      (person) =>
        accessFlow.handleEvent(org.userEvent(org.next(person, { active: false, deleted: true }), 'user.deleted')),
    ],
    [
      'left unnoticed and is found gone by asking',
      async (person) => {
        const gone = org.next(person, { active: false });
        accessFlow.identity['users.deactivations'] = (_, [id]) => ({
          changed: id === org.id ? [gone] : [],
          absent: [],
        });
        await accessFlow.reconcile();
        accessFlow.identity['users.deactivations'] = () => ({ changed: [], absent: [] });
      },
    ],
  ])('is marked and raises an alarm when its last approver %s', async (_, go) => {
    const flow = await org.reviewedFlow('bob', 'carol');
    const request = await org.request(flow, 'alice');
    expect(request.undecidable).toBe(false);
    await org.leaves('carol');
    expect(await shown(request)).toMatchObject({ status: 'pending', undecidable: false });
    expect([accessFlow.errors, await counted(org)]).toEqual([[], []]);
    await go('bob');
    expect(await shown(request)).toMatchObject({ status: 'pending', undecidable: true, approval: by() });
    alarmed(request);
    expect(await counted(org)).toEqual([{ integrationId: org.id, requests: 1 }]);
    expect((await org.ask('requests.list', { limit: 9, status: 'pending' })).items).toMatchObject([
      { undecidable: true },
    ]);
  });

  it('is marked when the flow is left with the requester as its only approver', async () => {
    const flow = await org.reviewedFlow('alice', 'bob');
    const [own, other] = [await org.request(flow, 'alice'), await org.request(flow, 'carol')];
    expect(await edit(flow, { approval: by('alice') })).toMatchObject({ cancelledRequests: 0 });
    expect(await shown(own)).toMatchObject({ status: 'pending', undecidable: true });
    expect(await shown(other)).toMatchObject({ status: 'pending', undecidable: false });
    alarmed(own);
  });

  it('is marked from the beginning when the requester is the only approver', async () => {
    const request = await org.request(await org.reviewedFlow('bob'), 'bob');
    expect(request).toMatchObject({ status: 'pending', undecidable: true });
    alarmed(request);
  });

  it('is marked from the beginning when the flow has lost its approvers', async () => {
    const flow = await org.reviewedFlow('bob');
    await org.leaves('bob');
    const request = await org.request(flow, 'alice');
    expect(request).toMatchObject({ status: 'pending', undecidable: true, approval: by() });
    alarmed(request);
  });

  it('goes to those whom the flow names later, and the mark goes', async () => {
    const flow = await org.reviewedFlow('bob');
    const request = await org.request(flow, 'alice');
    await org.leaves('bob');
    await edit(flow, { approval: by('dan') });
    expect(await shown(request)).toMatchObject({ status: 'pending', undecidable: false, approval: by('dan') });
    expect(await counted(org)).toEqual([]);
    expect(await org.review(request, 'dan')).toMatchObject({ status: 'approved', undecidable: false });
  });

  it('goes to an approver whom the flow named meanwhile, as soon as its own approvers are gone', async () => {
    const flow = await org.reviewedFlow('bob');
    const request = await org.request(flow, 'alice');
    await edit(flow, { approval: by('bob', 'dan') });
    await org.leaves('bob');
    expect(await shown(request)).toMatchObject({ undecidable: false, approval: by('dan') });
    expect(accessFlow.errors).toEqual([]);
  });

  it('is not decided by an approver who comes back until the flow names that approver again', async () => {
    const flow = await org.reviewedFlow('bob');
    const request = await org.request(flow, 'alice');
    await org.leaves('bob');
    await org.returns('bob');
    await expect(org.review(request, 'bob')).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await shown(request)).toMatchObject({ undecidable: true });
    await edit(flow, { approval: by('bob') });
    expect(await shown(request)).toMatchObject({ undecidable: false });
    expect(await org.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('is counted while it is pending, for its own integration, and in the metrics', async () => {
    const before = (await readGauges(accessFlow.database)).requestsUndecidable!;
    const other = await Integration.begin(accessFlow);
    const requests = [await org.request(await org.reviewedFlow('bob'), 'bob')];
    requests.push(await org.request(await org.reviewedFlow('bob'), 'bob'));
    await other.request(await other.reviewedFlow('carol'), 'carol');
    const here = { integrationId: org.id, requests: 2 };
    const there = { integrationId: other.id, requests: 1 };
    expect(await counted(org)).toEqual([here]);
    expect(await counted(org, other)).toEqual(expect.arrayContaining([here, there]));
    expect(await counted()).toEqual([]);
    expect((await readGauges(accessFlow.database)).requestsUndecidable).toBe(before + 3);
    for (const { id } of requests) await org.ask('requests.cancel', { id });
    expect(await shown(requests[0]!)).toMatchObject({ status: 'cancelled', undecidable: false });
    expect(await counted(org)).toEqual([]);
    expect((await readGauges(accessFlow.database)).requestsUndecidable).toBe(before + 1);
  });

  describe('cannot come of a flow that is saved, so that', () => {
    it('the only user who may request is not the only approver', async () => {
      await org.push(org.billing, 2, { bob: true });
      const requesters = { kind: 'members_of' as const, groupIds: [org.billing] };
      await expect(org.flow({ requesters, approval: by('bob') })).rejects.toEqual(refusedWith('only user who may'));
      const flow = await org.flow({ requesters, approval: by('bob', 'carol') });
      await expect(edit(flow, { approval: by('bob') })).rejects.toEqual(refusedWith('only user who may'));
      expect(await org.ask('flows.get', { id: flow.id })).toMatchObject({ version: 1, approval: by('bob', 'carol') });
      await org.push(org.billing, 3, { alice: true });
      expect(await edit(flow, { approval: by('bob') })).toMatchObject({ version: 2 });
    });

    it('the only active user of an integration is not the only approver for everyone', async () => {
      for (const name of ['alice', 'carol', 'dan'] as const) await org.leaves(name);
      await expect(org.reviewedFlow('bob')).rejects.toEqual(refusedWith('only user who may'));
      await org.returns('dan');
      expect(await org.reviewedFlow('bob')).toMatchObject({ enabled: true });
    });

    it('a flow without approvers is changed only together with them, or disabled', async () => {
      const flow = await org.reviewedFlow('bob');
      await org.leaves('bob');
      await expect(edit(flow, { name: 'Without approvers' })).rejects.toEqual(refusedWith('no approver'));
      expect(await edit(flow, { enabled: false })).toMatchObject({ enabled: false });
      expect(await edit(flow, { name: 'Still without' })).toMatchObject({ name: 'Still without' });
      await expect(edit(flow, { enabled: true })).rejects.toEqual(refusedWith('no approver'));
      expect(await edit(flow, { enabled: true, approval: by('carol') })).toMatchObject({ enabled: true });
    });
  });
});
