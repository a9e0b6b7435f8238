import { type Condition, type FlowReply, type FlowSettings, type RequestReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

const conflict = (detail: string) =>
  expect.objectContaining({ code: 'conflict', detail: expect.stringContaining(detail) });

describe('A change of a flow', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    await integration.push(integration.billing, 2, { alice: true });
  });
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));

  const read = ({ id }: RequestReply) => integration.ask('requests.get', { id });
  const pair = (...people: Person[]) => integration.by(...people).map((step) => ({ ...step, quorum: 'all' as const }));
  const granted = async (flow: FlowReply, person: Person) => {
    const request = await integration.request(flow, person);
    await accessFlow.runTargets();
    return integration.grant(request);
  };
  /** The rows of all tables that a change can touch, except for the commands that were applied. */
  const everything = async () =>
    Object.fromEntries(
      await Promise.all(
        [
          ...[
            'flows',
            'flow_versions',
            'requests',
            'request_approvers',
            'request_entries',
            'reviews',
            'grants',
            'jobs',
          ],
          'outbox',
        ].map(async (table) => [
          table,
          await accessFlow.rows(`SELECT to_jsonb(t) AS row FROM access_flow.${table} t ORDER BY 1`),
        ]),
      ),
    ) as Record<string, unknown[]>;

  it('of its steps starts the approval of pending requests again; earlier reviews no longer count', async () => {
    const flow = await integration.flow({ steps: pair('bob', 'carol') });
    const request = await integration.request(flow, 'alice');
    await integration.review(request, 'bob');
    const change = { id: flow.id, settings: { steps: pair('bob', 'dan') } };
    await expect(integration.ask('flows.update', change)).rejects.toEqual(
      conflict('restart the approval of 1 pending request'),
    );
    expect(await read(request)).toMatchObject({ flowVersion: 1, reviews: [{ counts: true }] });
    expect(await integration.edit(flow, change.settings)).toMatchObject({ restartedRequests: 1, cancelledRequests: 0 });
    const again = await read(request);
    expect(again).toMatchObject({ status: 'pending', step: 0, flowVersion: 2, reviews: [{ counts: false }] });
    expect(integration.deciders(again)).toEqual(['bob', 'dan']);
    await integration.review(request, 'dan');
    await expect(integration.review(request, 'carol')).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await integration.review(request, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('that removes all steps cancels pending requests, because an edit grants nothing', async () => {
    const flow = await integration.reviewedFlow('bob');
    const request = await integration.request(flow, 'alice');
    expect(await integration.edit(flow, { steps: [] })).toMatchObject({ cancelledRequests: 1, restartedRequests: 0 });
    expect(await read(request)).toMatchObject({ status: 'cancelled', statusReason: 'flow_changed' });
    expect((await integration.ask('grants.list', { limit: 9 })).items).toEqual([]);
  });

  it('of its condition ends grants of users who are no longer eligible, if the flow says `end`', async () => {
    const flow = await integration.flow();
    const [ended, kept] = [await granted(flow, 'bob'), await granted(flow, 'alice')];
    const eligibility = inGroups(integration.billing);
    await expect(integration.ask('flows.update', { id: flow.id, settings: { eligibility } })).rejects.toEqual(
      conflict('revoke 1 live grant'),
    );
    expect(await integration.edit(flow, { eligibility })).toMatchObject({ revokedGrants: 1 });
    expect(await integration.grant(ended)).toMatchObject({ status: 'revoking', endReason: 'requester_not_eligible' });
    expect(await integration.grant(kept)).toMatchObject({ status: 'active' });
  });

  it('of its condition keeps grants if the flow says `keep`', async () => {
    const flow = await integration.flow({ whenIneligible: 'keep' });
    const grant = await granted(flow, 'bob');
    const update = { id: flow.id, settings: { eligibility: inGroups(integration.billing) } };
    expect(await integration.ask('flows.update', update)).toMatchObject({ revokedGrants: 0 });
    expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
  });

  it.each<[FlowSettings['whenIneligible'], string]>([
    ['end', 'revoking'],
    ['keep', 'active'],
  ])('of a profile that makes its user ineligible, under `%s`, leaves the grant %s', async (whenIneligible, status) => {
    const profile = (title: string, attributesVersion: number) => {
      const state = { ...integration.people.alice, attributes: { title } };
      return integration.publish('user.profile.changed', state.userId, { ...state, attributesVersion });
    };
    await profile('Engineer', 1);
    const eligibility: Condition = { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Engineer'] };
    const flow = await integration.flow({ eligibility, whenIneligible });
    const grant = await granted(flow, 'alice');
    await profile('Clerk', 2);
    expect(await integration.grant(grant)).toMatchObject({ status });
    await expect(integration.request(flow, 'alice')).rejects.toMatchObject({ code: 'notAllowed' });
  });

  it('to disabled refuses requests and keeps grants', async () => {
    const flow = await integration.flow();
    const grant = await granted(flow, 'alice');
    await integration.ask('flows.update', { id: flow.id, settings: { enabled: false } });
    await expect(integration.request(flow, 'bob')).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
  });

  it('that is only validated returns what it would do, and leaves no row, event or job', async () => {
    const flow = await integration.flow({ steps: pair('bob', 'carol') });
    const kept = await integration.request(flow, 'alice');
    await integration.review(kept, 'bob');
    await integration.request(flow, 'dan');
    const before = await everything();
    const settings = { steps: integration.by('carol'), eligibility: inGroups(integration.billing) };
    const validated = await integration.ask('flows.update', { id: flow.id, settings, validateOnly: true });
    expect(validated).toMatchObject({ version: 2, restartedRequests: 1, cancelledRequests: 1, revokedGrants: 0 });
    expect(await everything()).toEqual(before);
    const { cancelledRequests, restartedRequests } = await integration.edit(flow, settings);
    expect({ cancelledRequests, restartedRequests }).toEqual({ cancelledRequests: 1, restartedRequests: 1 });
  });

  it('is kept as a version with its actor', async () => {
    const flow = await integration.flow({ maxDurationSeconds: HOUR });
    await integration.ask('flows.update', { id: flow.id, settings: { maxDurationSeconds: 2 * HOUR } });
    const versions = await accessFlow.rows(
      `SELECT version, settings ->> 'maxDurationSeconds' AS max, saved_by AS "savedBy" FROM access_flow.flow_versions
       WHERE flow_id = $1 ORDER BY version`,
      [flow.id],
    );
    const savedBy = accessFlow.actor;
    expect(versions).toEqual([
      { version: 1, max: '3600', savedBy },
      { version: 2, max: '7200', savedBy },
    ]);
  });

  describe('a request that is only validated', () => {
    it('returns what would result, and leaves no row, event or job', async () => {
      const reviewed = await integration.reviewedFlow('bob');
      const before = await everything();
      const pending = await integration.request(reviewed, 'alice', { validateOnly: true });
      expect(pending).toMatchObject({ status: 'pending', steps: [{ status: 'open' }] });
      expect(integration.deciders(pending)).toEqual(['bob']);
      await expect(integration.request(reviewed, 'erin', { validateOnly: true })).rejects.toMatchObject({
        code: 'notAllowed',
      });
      expect(await everything()).toEqual(before);
    });

    it('under a flow without steps is approved, and gives no grant', async () => {
      const flow = await integration.flow();
      expect(await integration.request(flow, 'alice', { validateOnly: true })).toMatchObject({ status: 'approved' });
      expect((await integration.ask('grants.list', { limit: 9 })).items).toEqual([]);
    });
  });

  it('to end grants of users who are no longer eligible ends those that stayed', async () => {
    await integration.push(integration.billing, 2, { alice: true });
    const flow = await integration.flow({ eligibility: inGroups(integration.billing), whenIneligible: 'keep' });
    const grant = await granted(flow, 'alice');
    await integration.push(integration.billing, 3, { alice: false });
    expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
    expect(await integration.edit(flow, { whenIneligible: 'end' })).toMatchObject({ revokedGrants: 1 });
    expect(await integration.grant(grant)).toMatchObject({ endReason: 'requester_not_eligible' });
  });
});
