import { type FlowRecord, type FlowSettings } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person } from './integration.js';

describe('What members see', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
    await org.push(org.billing, 2, { alice: true });
  });

  const by = (person: Person) => ({ kind: 'one_approver' as const, approverIds: [org.people[person].userId] });
  const onlyBilling = (): FlowSettings['requesters'] => ({ kind: 'members_of', groupIds: [org.billing] });
  const member = (person: Person) => ({ integrationId: org.id, userId: org.people[person].userId });
  const listed = async (...people: Person[]) => {
    const query = { limit: 1, ...(people.length > 0 && { visibleTo: people.map(member) }) };
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await org.ask('flows.list', { ...query, ...(cursor && { cursor }) });
      names.unshift(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return names;
  };
  const gets = (person: Person, { id }: FlowRecord) =>
    org.ask('flows.get', { id, visibleTo: [member(person)] }).then(
      () => true,
      ({ code }) => (code === 'missing' ? false : code),
    );
  const sees = async (person: Person, groupId: string) =>
    (await org.ask('flows.groupVisible', { userId: org.people[person].userId, groupId })).visible;

  it('are the flows under which they may request or approve, page by page, and no others', async () => {
    const everyone = await org.flow({ name: 'everyone', approval: by('bob') });
    const members = await org.flow({ name: 'members', requesters: onlyBilling(), approval: by('carol') });
    expect(await listed()).toEqual(['everyone', 'members']);
    expect(await listed('alice')).toEqual(['everyone', 'members']);
    expect(await listed('carol')).toEqual(['everyone', 'members']);
    expect(await listed('bob')).toEqual(['everyone']);
    for (const [person, visible] of [
      ['alice', true],
      ['carol', true],
      ['bob', false],
    ] as const)
      expect([person, await gets(person, everyone), await gets(person, members)]).toEqual([person, true, visible]);
    await org.push(org.billing, 3, { alice: false });
    expect([await listed('alice'), await gets('alice', members)]).toEqual([['everyone'], false]);
  });

  it('is cut down in the integrations that are named, and nowhere else', async () => {
    const other = await Integration.begin(accessFlow);
    await other.flow({ name: 'elsewhere', requesters: { kind: 'members_of', groupIds: [other.billing] } });
    await org.flow({ name: 'here', requesters: onlyBilling() });
    const visible = async (person: Person) => {
      const query = { limit: 9, visibleTo: [member(person)] };
      return (await accessFlow.ask([org.id, other.id], 'flows.list', query)).items.map(({ name }) => name).sort();
    };
    expect([await visible('alice'), await visible('bob')]).toEqual([['elsewhere', 'here'], ['elsewhere']]);
    for (const visibleTo of ['all', [{ integrationId: org.id }], [null]])
      await expect(org.ask('flows.list', { limit: 9, visibleTo: visibleTo as never })).rejects.toMatchObject({
        code: 'invalid',
      });
  });

  it('are the groups that they are in, may request, approve or have requested, and no others', async () => {
    expect([await sees('alice', org.billing), await sees('alice', org.deploy)]).toEqual([true, false]);
    const flow = await org.flow({ requesters: onlyBilling(), groupIds: [org.deploy], approval: by('bob') });
    const see = async () => Promise.all((['alice', 'bob', 'carol'] as const).map((person) => sees(person, org.deploy)));
    expect(await see()).toEqual([true, true, false]);
    const request = await org.request(flow, 'alice');
    await org.ask('flows.update', { id: flow.id, settings: { enabled: false, groupIds: [org.billing] } });
    expect(await org.ask('requests.get', { id: request.id })).toMatchObject({ status: 'cancelled' });
    expect(await see()).toEqual([true, false, false]);
    await org.group(org.billing, 'Billing', 9, true);
    expect(await sees('alice', org.billing)).toBe(false);
  });

  it('is nothing of another integration', async () => {
    const other = await Integration.begin(accessFlow);
    await other.flow();
    expect(await sees('alice', other.deploy)).toBe(false);
    const of = { userId: other.people.alice.userId, groupId: other.deploy };
    await expect(org.ask('flows.groupVisible', of)).rejects.toMatchObject({ code: 'missing' });
  });
});
