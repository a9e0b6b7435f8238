import { type FlowReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { inGroups, Integration, type Person } from './integration.js';

describe('Visibility for members', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    await integration.push(integration.billing, 2, { alice: true });
  });

  const by = (person: Person) => integration.by(person);
  const onlyBilling = () => inGroups(integration.billing);
  const member = (person: Person) => ({ integrationId: integration.id, userId: integration.people[person].userId });
  const listed = async (...people: Person[]) => {
    const query = { limit: 1, ...(people.length > 0 && { visibleTo: people.map(member) }) };
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await integration.ask('flows.list', { ...query, ...(cursor && { cursor }) });
      names.unshift(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return names;
  };
  const canGet = (person: Person, { id }: FlowReply) =>
    integration.ask('flows.get', { id, visibleTo: [member(person)] }).then(
      () => true,
      ({ code }) => (code === 'missing' ? false : code),
    );
  const canSee = async (person: Person, groupId: string) =>
    (await integration.ask('flows.groupVisible', { userId: integration.people[person].userId, groupId })).visible;

  it('members see only flows for which they are eligible or approvers, on all pages', async () => {
    const everyone = await integration.flow({ name: 'everyone', steps: by('bob') });
    const members = await integration.flow({ name: 'members', eligibility: onlyBilling(), steps: by('carol') });
    expect(await listed()).toEqual(['everyone', 'members']);
    expect(await listed('alice')).toEqual(['everyone', 'members']);
    expect(await listed('carol')).toEqual(['everyone', 'members']);
    expect(await listed('bob')).toEqual(['everyone']);
    for (const [person, visible] of [
      ['alice', true],
      ['carol', true],
      ['bob', false],
    ] as const)
      expect([person, await canGet(person, everyone), await canGet(person, members)]).toEqual([person, true, visible]);
    await integration.push(integration.billing, 3, { alice: false });
    expect([await listed('alice'), await canGet('alice', members)]).toEqual([['everyone'], false]);
  });

  it('requesters do not see flows under which they cannot request now; approvers do', async () => {
    const flow = await integration.flow({ name: 'flow', groupIds: [integration.deploy], steps: by('bob') });
    const seen = async () => [await listed('alice'), await canGet('alice', flow), await canGet('bob', flow)];
    expect(await seen()).toEqual([['flow'], true, true]);
    const settings = (enabled: boolean) => integration.ask('flows.update', { id: flow.id, settings: { enabled } });
    await settings(false);
    expect(await seen()).toEqual([[], false, true]);
    expect(await listed('bob')).toEqual(['flow']);
    await settings(true);
    expect(await seen()).toEqual([['flow'], true, true]);
    await integration.group(integration.deploy, 'Deploy', 9, true);
    expect(await seen()).toEqual([[], false, true]);
    expect(await listed()).toEqual(['flow']);
  });

  it('eligible members do not see flows under which only managers can request', async () => {
    for (const requester of ['self', 'manager', 'others'] as const)
      await integration.flow({ name: requester, requesters: [requester], eligibility: onlyBilling() });
    expect(await listed('alice')).toEqual(['self', 'others']);
    expect(await listed('bob')).toEqual([]);
  });

  it('a flow of a disabled integration, and any flow for a deactivated user, is visible to approvers only', async () => {
    const flow = await integration.flow({ name: 'flow', steps: by('bob') });
    await integration.deactivate('alice');
    expect([await canGet('alice', flow), await canGet('carol', flow)]).toEqual([false, true]);
    const disabled = { removed: false, disabled: true, disablements: 1, version: 2 };
    await integration.publish('integration.updated', integration.id, disabled);
    await integration.ask('flows.update', { id: flow.id, settings: { enabled: true } });
    expect([await canGet('carol', flow), await canGet('bob', flow)]).toEqual([false, true]);
  });

  it('visibleTo filters only the integrations that it lists', async () => {
    const other = await Integration.create(accessFlow);
    await other.flow({ name: 'elsewhere', eligibility: inGroups(other.billing) });
    await integration.flow({ name: 'here', eligibility: onlyBilling() });
    const visible = async (person: Person) => {
      const query = { limit: 9, visibleTo: [member(person)] };
      return (await accessFlow.ask([integration.id, other.id], 'flows.list', query)).items
        .map(({ name }) => name)
        .sort();
    };
    expect([await visible('alice'), await visible('bob')]).toEqual([['elsewhere', 'here'], ['elsewhere']]);
    for (const visibleTo of ['all', [{ integrationId: integration.id }], [null]])
      await expect(integration.ask('flows.list', { limit: 9, visibleTo: visibleTo as never })).rejects.toMatchObject({
        code: 'invalid',
      });
  });

  it('members see only groups that they are in, can request, approve or have requested', async () => {
    expect([await canSee('alice', integration.billing), await canSee('alice', integration.deploy)]).toEqual([
      true,
      false,
    ]);
    const flow = await integration.flow({
      eligibility: onlyBilling(),
      groupIds: [integration.deploy],
      steps: by('bob'),
    });
    const visibility = async () =>
      Promise.all((['alice', 'bob', 'carol'] as const).map((person) => canSee(person, integration.deploy)));
    expect(await visibility()).toEqual([true, true, false]);
    const request = await integration.request(flow, 'alice');
    await integration.edit(flow, { enabled: false, groupIds: [integration.billing] });
    expect(await integration.ask('requests.get', { id: request.id })).toMatchObject({ status: 'cancelled' });
    expect(await visibility()).toEqual([true, false, false]);
    await integration.group(integration.billing, 'Billing', 9, true);
    expect(await canSee('alice', integration.billing)).toBe(false);
  });

  it('members see nothing of another integration', async () => {
    const other = await Integration.create(accessFlow);
    await other.flow();
    expect(await canSee('alice', other.deploy)).toBe(false);
    const data = { userId: other.people.alice.userId, groupId: other.deploy };
    await expect(integration.ask('flows.groupVisible', data)).rejects.toMatchObject({ code: 'missing' });
  });
});
