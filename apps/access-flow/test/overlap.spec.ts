import { type RequestReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration } from './integration.js';

const beside = (existing: { kind: string; id: string; endsAt?: string }, advice: string): unknown =>
  expect.objectContaining({
    code: 'conflict',
    detail: expect.stringContaining(advice),
    existing: expect.objectContaining(existing),
  });
const besideGrant = (id: string, endsAt: string) => beside({ kind: 'grant', id, endsAt }, 'Extend that grant');
const besideRequest = ({ id, expiresAt }: RequestReply) =>
  beside({ kind: 'request', id, endsAt: expiresAt }, 'Wait for its decision, or cancel it');

describe('A request for a group', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const openGrants = async () =>
    (await integration.ask('grants.list', { limit: 50 })).items.filter(({ status }) => status !== 'ended');

  it('is refused beside a pending request, under any flow', async () => {
    const flow = await integration.reviewedFlow('bob');
    const first = await integration.request(flow, 'alice');
    for (const other of [flow, await integration.reviewedFlow('carol'), await integration.flow()])
      await expect(integration.request(other, 'alice')).rejects.toEqual(besideRequest(first));
    expect((await integration.ask('requests.list', { limit: 9 })).items).toHaveLength(1);
    await integration.request(flow, 'alice', { groupId: integration.billing });
    await integration.request(flow, 'carol');
  });

  it.each(['activating', 'active'] as const)('is refused beside an %s grant, until that is revoked', async (status) => {
    const request = await integration.request(await integration.flow(), 'alice');
    if (status === 'active') await accessFlow.runTargets();
    const { id, endsAt, ...grant } = await integration.grant(request);
    expect(grant.status).toBe(status);
    for (const flow of [await integration.flow(), await integration.reviewedFlow('bob')])
      await expect(integration.request(flow, 'alice')).rejects.toEqual(besideGrant(id, endsAt));
    await integration.request(await integration.flow(), 'alice', { groupId: integration.billing });
    await integration.ask('grants.revoke', { id });
    expect(await integration.request(await integration.flow(), 'alice')).toMatchObject({ status: 'approved' });
    await accessFlow.runTargets();
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'grant' });
  });

  it('names the new end of an extended grant', async () => {
    const { id } = await integration.requestAccess('alice');
    const { endsAt } = await integration.ask('grants.extend', { id, durationSeconds: HOUR });
    await expect(integration.request(await integration.flow(), 'alice')).rejects.toEqual(besideGrant(id, endsAt));
  });

  it('is accepted when the time of the grant is over, although its end is not confirmed', async () => {
    const { id } = await integration.requestAccess('alice');
    await accessFlow.rows(`UPDATE access_flow.grants SET ends_at = now() WHERE id = $1`, [id]);
    expect(await integration.request(await integration.flow(), 'alice')).toMatchObject({ status: 'approved' });
  });

  it('does not see the grants and requests of another integration', async () => {
    await integration.requestAccess('alice');
    const other = await Integration.create(accessFlow);
    expect(await other.request(await other.flow(), 'alice')).toMatchObject({ status: 'approved' });
  });

  it('wins alone of concurrent requests under several flows', async () => {
    const flows = [await integration.flow(), await integration.flow(), await integration.reviewedFlow('bob')];
    for (let round = 0; round < 20; round++) {
      const asked = [...flows, ...flows].map((flow) => integration.request(flow, 'alice'));
      const results = await Promise.allSettled(asked);
      const [won, ...others] = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect([round, others]).toEqual([round, []]);
      const id = won!.grantId ?? won!.id;
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict', existing: { id } });
      expect(await openGrants()).toHaveLength(won!.grantId ? 1 : 0);
      if (won!.grantId) await integration.ask('grants.revoke', { id });
      else await integration.ask('requests.cancel', { id });
      await accessFlow.runTargets();
    }
  });

  describe('of a version that allowed several', () => {
    it('cannot be approved while the requester has a live grant, stays pending, and can be denied', async () => {
      const grant = await integration.requestAccess('alice');
      const flow = await integration.reviewedFlow('bob');
      const request = await integration.beside(grant, () => integration.request(flow, 'alice'));
      const { id, endsAt } = grant;
      const refused = beside({ kind: 'grant', id, endsAt }, 'Deny this request, or approve it after that grant ends');
      await expect(integration.review(request, 'bob')).rejects.toEqual(refused);
      const read = await integration.ask('requests.get', { id: request.id });
      expect(read).toMatchObject({ status: 'pending', reviews: [] });
      expect(await openGrants()).toHaveLength(1);
      expect(await integration.review(request, 'bob', 'deny')).toMatchObject({ status: 'denied' });
    });

    it('is approved alone of two that are approved concurrently', async () => {
      const flows = [await integration.reviewedFlow('bob'), await integration.reviewedFlow('carol')];
      const first = await integration.request(flows[0]!, 'alice');
      const set = (status: string) =>
        accessFlow.rows(`UPDATE access_flow.requests SET status = $2 WHERE id = $1`, [first.id, status]);
      await set('cancelled');
      const second = await integration.request(flows[1]!, 'alice');
      await set('pending');
      const results = await Promise.allSettled([integration.review(first, 'bob'), integration.review(second, 'carol')]);
      const [grant, ...others] = await openGrants();
      expect(others).toEqual([]);
      const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(refusals).toEqual([
        expect.objectContaining({ code: 'conflict', existing: expect.objectContaining({ id: grant!.id }) }),
      ]);
    });
  });
});
