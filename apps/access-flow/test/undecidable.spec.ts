import { type FlowReply, type FlowSettings, type RequestReply } from '@tidegate/contracts';
import { readGauges } from '../src/gauges.queries.js';
import { TestAccessFlow } from './harness.js';
import { inGroups, Integration, type Person } from './integration.js';

const refusedWith = (detail: string): unknown =>
  expect.objectContaining({ code: 'invalid', detail: expect.stringContaining(detail) });

describe('A request that no user can decide', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    accessFlow.errors.length = 0;
  });

  const by = (...people: Person[]) => integration.by(...people);
  const edit = (flow: FlowReply, settings: Partial<FlowSettings>) => integration.edit(flow, settings);
  const read = ({ id }: RequestReply) => integration.ask('requests.get', { id });
  const counted = async (...integrations: Integration[]) =>
    (
      await accessFlow.ask(
        integrations.map(({ id }) => id),
        'requests.undecidable',
        {},
      )
    ).items;
  /** Expects one logged error, with these requests. */
  const expectLogged = (...requests: RequestReply[]) =>
    expect(accessFlow.errors).toEqual([
      expect.objectContaining({
        level: 'error',
        integrationId: integration.id,
        accessRequestIds: requests.map(({ id }) => id),
        msg: 'Pending requests that only administrators can decide',
      }),
    ]);

  it.each<[string, (person: Person) => Promise<unknown>]>([
    ['is deactivated', (person) => integration.deactivate(person)],
    [
      'is deleted',
      (person) =>
        accessFlow.handleEvent(
          integration.userEvent(integration.next(person, { active: false, deleted: true }), 'user.deleted'),
        ),
    ],
    [
      'is deactivated and the event was lost',
      async (person) => {
        const deactivated = integration.next(person, { active: false });
        accessFlow.identity['users.deactivations'] = (_, [id]) => ({
          changed: id === integration.id ? [deactivated] : [],
          absent: [],
        });
        await accessFlow.reconcile();
        accessFlow.identity['users.deactivations'] = () => ({ changed: [], absent: [] });
      },
    ],
  ])('is marked and logged when its last approver %s', async (_, remove) => {
    const flow = await integration.reviewedFlow('bob', 'carol');
    const request = await integration.request(flow, 'alice');
    expect(request.undecidable).toBe(false);
    await integration.deactivate('carol');
    expect(await read(request)).toMatchObject({ status: 'pending', undecidable: false });
    expect([accessFlow.errors, await counted(integration)]).toEqual([[], []]);
    await remove('bob');
    expect(await read(request)).toMatchObject({ status: 'pending', undecidable: true });
    expect(integration.deciders(await read(request))).toEqual(['administrators']);
    expectLogged(request);
    expect(await counted(integration)).toEqual([{ integrationId: integration.id, requests: 1 }]);
    expect((await integration.ask('requests.list', { limit: 9, status: 'pending' })).items).toMatchObject([
      { undecidable: true },
    ]);
  });

  it('is marked when the requester becomes the only approver of the flow', async () => {
    const flow = await integration.reviewedFlow('alice', 'bob');
    const [own, other] = [await integration.request(flow, 'alice'), await integration.request(flow, 'carol')];
    expect(await edit(flow, { steps: by('alice') })).toMatchObject({ cancelledRequests: 0 });
    expect(await read(own)).toMatchObject({ status: 'pending', undecidable: true });
    expect(await read(other)).toMatchObject({ status: 'pending', undecidable: false });
    expectLogged(own);
  });

  it('is marked at its creation when the requester is the only approver', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'bob');
    expect(request).toMatchObject({ status: 'pending', undecidable: true });
    expectLogged(request);
  });

  it('is marked at its creation when the flow has no approvers', async () => {
    const flow = await integration.reviewedFlow('bob');
    await integration.deactivate('bob');
    const request = await integration.request(flow, 'alice');
    expect(request).toMatchObject({ status: 'pending', undecidable: true });
    expect(integration.deciders(request)).toEqual(['administrators']);
    expectLogged(request);
  });

  it('gets new approvers of the flow, and is no longer marked', async () => {
    const flow = await integration.reviewedFlow('bob');
    const request = await integration.request(flow, 'alice');
    await integration.deactivate('bob');
    await edit(flow, { steps: by('dan') });
    expect(await read(request)).toMatchObject({ status: 'pending', undecidable: false });
    expect(integration.deciders(await read(request))).toEqual(['dan']);
    expect(await counted(integration)).toEqual([]);
    expect(await integration.review(request, 'dan')).toMatchObject({ status: 'approved', undecidable: false });
  });

  it('gets approvers added to the flow meanwhile when its own approvers are deactivated', async () => {
    const flow = await integration.reviewedFlow('bob');
    const request = await integration.request(flow, 'alice');
    await edit(flow, { steps: by('bob', 'dan') });
    await integration.deactivate('bob');
    expect(await read(request)).toMatchObject({ undecidable: false });
    expect(integration.deciders(await read(request))).toEqual(['dan']);
    expect(accessFlow.errors).toEqual([]);
  });

  it('cannot be reviewed by a reactivated approver until the flow adds that approver again', async () => {
    const flow = await integration.reviewedFlow('bob');
    const request = await integration.request(flow, 'alice');
    await integration.deactivate('bob');
    await integration.reactivate('bob');
    await expect(integration.review(request, 'bob')).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await read(request)).toMatchObject({ undecidable: true });
    await edit(flow, { steps: by('bob') });
    expect(await read(request)).toMatchObject({ undecidable: false });
    expect(await integration.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('is counted per integration and in the metrics while it is pending', async () => {
    const before = (await readGauges(accessFlow.database)).requestsUndecidable!;
    const other = await Integration.create(accessFlow);
    const requests = [await integration.request(await integration.reviewedFlow('bob'), 'bob')];
    requests.push(await integration.request(await integration.reviewedFlow('carol'), 'carol'));
    await other.request(await other.reviewedFlow('carol'), 'carol');
    const here = { integrationId: integration.id, requests: 2 };
    const there = { integrationId: other.id, requests: 1 };
    expect(await counted(integration)).toEqual([here]);
    expect(await counted(integration, other)).toEqual(expect.arrayContaining([here, there]));
    expect(await counted()).toEqual([]);
    expect((await readGauges(accessFlow.database)).requestsUndecidable).toBe(before + 3);
    for (const { id } of requests) await integration.ask('requests.cancel', { id });
    expect(await read(requests[0]!)).toMatchObject({ status: 'cancelled', undecidable: false });
    expect(await counted(integration)).toEqual([]);
    expect((await readGauges(accessFlow.database)).requestsUndecidable).toBe(before + 1);
  });

  describe('is prevented by checks of flows', () => {
    it('the only eligible user must not be the only approver', async () => {
      await integration.push(integration.billing, 2, { bob: true });
      const eligibility = inGroups(integration.billing);
      await expect(integration.flow({ eligibility, steps: by('bob') })).rejects.toEqual(
        refusedWith('only eligible user'),
      );
      const flow = await integration.flow({ eligibility, steps: by('bob', 'carol') });
      await expect(edit(flow, { steps: by('bob') })).rejects.toEqual(refusedWith('only eligible user'));
      expect(await integration.ask('flows.get', { id: flow.id })).toMatchObject({
        version: 1,
        steps: by('bob', 'carol'),
      });
      await integration.push(integration.billing, 3, { alice: true });
      expect(await edit(flow, { steps: by('bob') })).toMatchObject({ version: 2 });
    });

    it('the only active user must not be the only approver of a flow for everyone', async () => {
      for (const name of ['alice', 'carol', 'dan'] as const) await integration.deactivate(name);
      await expect(integration.reviewedFlow('bob')).rejects.toEqual(refusedWith('only eligible user'));
      await integration.reactivate('dan');
      expect(await integration.reviewedFlow('bob')).toMatchObject({ enabled: true });
    });

    it('a flow without approvers can only be changed by adding approvers or disabling it', async () => {
      const flow = await integration.reviewedFlow('bob');
      await integration.deactivate('bob');
      await expect(edit(flow, { name: 'Without approvers' })).rejects.toEqual(refusedWith('no approver'));
      expect(await edit(flow, { enabled: false })).toMatchObject({ enabled: false });
      expect(await edit(flow, { name: 'Still without' })).toMatchObject({ name: 'Still without' });
      await expect(edit(flow, { enabled: true })).rejects.toEqual(refusedWith('no approver'));
      expect(await edit(flow, { enabled: true, steps: by('carol') })).toMatchObject({ enabled: true });
    });
  });
});
