import { GRANT_STATUSES, Refusal } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration } from './integration.js';

const refusedWith = (code: string, detail: string): unknown =>
  expect.objectContaining({ code, detail: expect.stringContaining(detail) });

describe('Panic', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const panic = (liveGrants: number, commandId?: string) =>
    integration.ask('grants.panic', { liveGrants, reason: 'Key leaked' }, commandId);
  const live = async () => (await integration.ask('grants.count', {})).liveGrants;

  it('ends grants in every status and cancels pending requests, and nothing of another integration', async () => {
    const other = await Integration.create(accessFlow);
    const untouched = await other.requestAccess('alice');
    const flow = await integration.flow();
    const ended = await integration.requestAccess('alice');
    await integration.ask('grants.revoke', { id: ended.id });
    await accessFlow.runTargets();
    const active = await integration.requestAccess('bob');
    const revoking = await integration.requestAccess('carol');
    await integration.ask('grants.revoke', { id: revoking.id });
    const activating = await integration.grant(await integration.request(flow, 'dan'));
    const startsAt = new Date(Date.now() + HOUR * 1000).toISOString();
    const later = { startsAt, groupId: integration.billing };
    const scheduled = await integration.grant(await integration.request(flow, 'dan', later));
    const pending = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    const all = [scheduled, activating, active, revoking, ended];
    const read = () => Promise.all(all.map((grant) => integration.grant(grant)));
    expect((await read()).map(({ status }) => status)).toEqual([...GRANT_STATUSES]);

    expect(await panic(3)).toEqual({ revoked: 3, cancelledRequests: 1 });
    const panicked = { endReason: 'panic', endComment: 'Key leaked', revokedBy: accessFlow.actor };
    const before = { endReason: 'revoked', endComment: null };
    expect(await read()).toMatchObject([
      { status: 'revoking', ...panicked },
      { status: 'revoking', ...panicked },
      { status: 'revoking', ...panicked },
      { status: 'revoking', ...before },
      { status: 'ended', ...before },
    ]);
    expect(await integration.ask('requests.get', { id: pending.id })).toMatchObject({
      status: 'cancelled',
      statusReason: 'panic',
    });
    await accessFlow.runTargets();
    expect(new Set((await read()).map(({ status }) => status))).toEqual(new Set(['ended']));
    expect(await integration.members(integration.deploy)).toEqual({});
    expect(await other.grant(untouched)).toMatchObject({ status: 'active' });
    expect(await accessFlow.eventNames(active.id)).toEqual(['grant.activated', 'grant.revoking', 'grant.ended']);
  });

  it('is refused with the number of live grants when the caller gives another, and ends nothing', async () => {
    const grant = await integration.requestAccess('alice');
    const pending = await integration.request(await integration.reviewedFlow('bob'), 'carol');
    for (const wrong of [0, 2])
      await expect(panic(wrong)).rejects.toEqual(
        refusedWith('conflict', `is 1, not ${wrong}. To end them, repeat the call with liveGrants 1.`),
      );
    expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
    expect(await integration.ask('requests.get', { id: pending.id })).toMatchObject({ status: 'pending' });
  });

  it('without grants and requests it ends nothing, also while the integration is disabled', async () => {
    expect(await panic(0)).toEqual({ revoked: 0, cancelledRequests: 0 });
    await integration.publish('integration.updated', integration.id, {
      disabled: true,
      disablements: 1,
      removed: false,
      version: 2,
    });
    expect(await panic(0)).toEqual({ revoked: 0, cancelledRequests: 0 });
  });

  it('an unknown or removed integration is missing', async () => {
    const ask = (id: string) => accessFlow.ask([id], 'grants.panic', { liveGrants: 0, reason: 'x' });
    await expect(ask(uuidv7())).rejects.toEqual(refusedWith('missing', 'integration'));
    await integration.publish('integration.removed', integration.id, { removed: true, version: 2 });
    await expect(panic(0)).rejects.toEqual(refusedWith('missing', 'integration'));
  });

  it.each([
    ['no reason', { liveGrants: 0 }],
    ['a blank reason', { liveGrants: 0, reason: ' ' }],
    ['no number', { reason: 'x' }],
  ])('is refused with %s', async (_, data) => {
    await expect(integration.ask('grants.panic', data as never)).rejects.toEqual(refusedWith('invalid', ''));
  });

  it('a repeated command has the first reply and ends no later grant', async () => {
    await integration.requestAccess('alice');
    const commandId = uuidv7();
    const reply = await panic(1, commandId);
    await accessFlow.runTargets();
    await integration.requestAccess('alice');
    expect(await panic(1, commandId)).toEqual(reply);
    expect(await live()).toBe(1);
  });

  it('an approval concurrent with it leaves no live grant, unless the panic was refused', async () => {
    const flow = await integration.reviewedFlow('bob');
    const outcomes = new Set<string>();
    for (let round = 0; round < 60; round++) {
      const request = await integration.request(flow, 'alice');
      const race = [() => integration.review(request, 'bob'), () => panic(0), () => accessFlow.runTargets()];
      const order = round % 2 === 0 ? race : race.reverse();
      const results: PromiseSettledResult<unknown>[] = [];
      // The first two rounds run one after the other, so that both outcomes are certain to occur.
      if (round < 2) for (const run of order) results.push(...(await Promise.allSettled([run()])));
      else results.push(...(await Promise.allSettled(order.map((run) => run()))));
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Refusal);
      const { status } = await integration.ask('requests.get', { id: request.id });
      outcomes.add(status);
      expect([round, status, await live()]).toEqual([round, status, status === 'approved' ? 1 : 0]);
      if (status === 'approved') expect(await panic(1)).toEqual({ revoked: 1, cancelledRequests: 0 });
      await accessFlow.runTargets();
    }
    expect([...outcomes].sort()).toEqual(['approved', 'cancelled']);
  });

  it('an automatic request concurrent with it is ended by it or begins after it', async () => {
    const flow = await integration.flow();
    for (let round = 0; round < 40; round++) {
      const [granted, result] = await Promise.allSettled([integration.request(flow, 'alice'), panic(0)]);
      expect(granted.status).toBe('fulfilled');
      if (result.status === 'rejected') expect(result.reason).toEqual(refusedWith('conflict', 'is 1, not 0.'));
      expect([round, await panic(1)]).toEqual([round, { revoked: 1, cancelledRequests: 0 }]);
      await accessFlow.runTargets();
      expect([round, await live()]).toEqual([round, 0]);
    }
  });
});
