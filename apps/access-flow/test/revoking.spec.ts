import { type CommandData, type FlowReply } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person } from './integration.js';

const refusedWith = (code: string, detail: string): unknown =>
  expect.objectContaining({ code, detail: expect.stringContaining(detail) });

describe('Revocation of several grants', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  let flow: FlowReply;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    flow = await integration.flow({ name: 'Deployments' });
  });

  const revoke = (data: Omit<CommandData<'grants.revokeMany'>, 'integrationId'>, commandId?: string) =>
    integration.ask('grants.revokeMany', { integrationId: integration.id, ...data }, commandId);
  const access = async (person: Person, under = flow, groupId = integration.deploy) =>
    (await integration.request(under, person, { groupId })).grantId!;
  const statuses = async (...ids: string[]) =>
    Promise.all(ids.map(async (id) => (await integration.ask('grants.get', { id })).status));

  it('revokes the given grants that are live, with the reason', async () => {
    const [first, second, third] = [await access('alice'), await access('bob'), await access('carol')];
    await integration.ask('grants.revoke', { id: second });
    expect(await revoke({ grantIds: [second, first], reason: 'Audit' })).toEqual({ revoked: 1, grants: [first] });
    expect(await integration.ask('grants.get', { id: first })).toMatchObject({
      status: 'revoking',
      endReason: 'revoked',
      endComment: 'Audit',
      revokedBy: accessFlow.actor,
    });
    expect(await integration.ask('grants.get', { id: second })).toMatchObject({ endComment: null });
    expect(await accessFlow.eventNames(first)).toEqual(['grant.revoking']);
    await accessFlow.runTargets();
    expect(await statuses(first, second, third)).toEqual(['ended', 'ended', 'active']);
    expect(await integration.members(integration.deploy)).toEqual({ carol: 'grant' });
  });

  it('revokes nothing when one of the given grants is unknown or of another integration', async () => {
    const other = await Integration.create(accessFlow);
    const [mine, theirs] = [await access('alice'), await other.requestAccess('alice')];
    for (const wrong of [theirs.id, uuidv7()])
      await expect(revoke({ grantIds: [mine, wrong] })).rejects.toEqual(refusedWith('missing', 'grantIds'));
    expect(await statuses(mine)).toEqual(['active']);
    expect(await other.grant(theirs)).toMatchObject({ status: 'active' });
  });

  it('revokes all grants of a user, only with the userName as confirmation', async () => {
    const own = [await access('alice'), await access('alice', flow, integration.billing)];
    const others = await access('bob');
    const userId = integration.people.alice.userId;
    const detail = 'This would revoke 2 live grants. To confirm it, repeat the call with the userName of the user';
    for (const confirm of [undefined, 'Deployments', integration.people.bob.userName])
      await expect(revoke({ userId, ...(confirm && { confirm }) })).rejects.toEqual(refusedWith('conflict', detail));
    expect(await statuses(...own)).toEqual(['activating', 'activating']);
    const { revoked, grants } = await revoke({ userId, confirm: integration.people.alice.userName });
    expect([revoked, grants]).toEqual([2, own.toSorted()]);
    expect(await statuses(...own, others)).toEqual(['revoking', 'revoking', 'activating']);
    expect(await revoke({ userId })).toEqual({ revoked: 0, grants: [] });
    expect(await integration.request(flow, 'alice')).toMatchObject({ status: 'approved' });
  });

  it('revokes all grants of a flow, only with its name as confirmation', async () => {
    const second = await integration.flow();
    const [first, kept] = [await access('alice'), await access('bob', second)];
    await expect(revoke({ flowId: flow.id })).rejects.toEqual(refusedWith('conflict', 'revoke 1 live grant.'));
    expect(await revoke({ flowId: flow.id, confirm: 'Deployments' })).toEqual({ revoked: 1, grants: [first] });
    expect(await statuses(first, kept)).toEqual(['revoking', 'activating']);
  });

  it('a repeated command has the first reply and ends no later grant', async () => {
    const first = await access('alice');
    const data = { flowId: flow.id, confirm: 'Deployments' };
    const commandId = uuidv7();
    const reply = await revoke(data, commandId);
    await accessFlow.runTargets();
    const second = await access('alice');
    expect(await revoke(data, commandId)).toEqual(reply);
    expect(await statuses(first, second)).toEqual(['ended', 'activating']);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['two subjects', { userId: uuidv7(), flowId: uuidv7() }],
    ['no ids', { grantIds: [] }],
    ['too many ids', { grantIds: Array.from({ length: 201 }, () => uuidv7()) }],
    ['a long reason', { userId: uuidv7(), reason: 'x'.repeat(1_001) }],
  ])('refuses a command with %s', async (_, data) => {
    await expect(revoke(data)).rejects.toEqual(refusedWith('invalid', ''));
  });

  it('users and flows of another integration are missing', async () => {
    const other = await Integration.create(accessFlow);
    const grant = await other.requestAccess('alice');
    const { userId, flowId } = grant;
    await expect(revoke({ userId, confirm: grant.userName })).rejects.toEqual(refusedWith('missing', 'user'));
    await expect(revoke({ flowId })).rejects.toEqual(refusedWith('missing', 'flow'));
    const data = { integrationId: other.id, userId, confirm: grant.userName };
    await expect(integration.ask('grants.revokeMany', data)).rejects.toEqual(refusedWith('missing', 'integration'));
    expect(await other.grant(grant)).toMatchObject({ status: 'active' });
  });

  it('a single revocation stores its reason', async () => {
    const id = await access('alice');
    expect(await integration.ask('grants.revoke', { id, reason: 'Done early' })).toMatchObject({
      endReason: 'revoked',
      endComment: 'Done early',
    });
    expect(await integration.ask('grants.revoke', { id, reason: 'Again' })).toMatchObject({ endComment: 'Done early' });
  });

  it('a revocation concurrent with an automatic request causes no deadlock, and the next one ends what is left', async () => {
    const { userId, userName } = integration.people.alice;
    for (let round = 0; round < 30; round++) {
      const race = [() => integration.request(flow, 'alice'), () => revoke({ userId, confirm: userName })];
      if (round % 2 === 1) race.reverse();
      await Promise.all(race.map((run) => run()));
      await accessFlow.runTargets();
      await revoke({ userId, confirm: userName });
      await accessFlow.runTargets();
      expect(await integration.ask('grants.count', {})).toEqual({ liveGrants: 0 });
    }
    expect(await accessFlow.failures()).toEqual([]);
  });
});
