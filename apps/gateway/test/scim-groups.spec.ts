import { type GroupRecord, type MemberRecord } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { type TestGateway, groupRecord, newIntegration, openGateway, type TestIntegration } from './harness.js';

const people = (count: number): MemberRecord[] =>
  Array.from({ length: count }, (_, i) => ({ id: uuidv7(), type: 'User', display: `person ${i}` }));

describe('groups over SCIM', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway();
    okta = await newIntegration(gateway);
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    gateway.transport.handlers = {};
  });

  /** Replies with a group of these members, in pages of 1000; the cursor is an index. */
  function bigGroup(members: MemberRecord[]): GroupRecord {
    const group = groupRecord({ members: members.slice(0, 1000), nextMember: members.length > 1000 ? '1000' : null });
    gateway.transport.handlers['groups.members'] = ({ after, limit }) => {
      const end = Number(after) + limit;
      return { items: members.slice(Number(after), end), nextMember: end < members.length ? String(end) : null };
    };
    gateway.transport.handlers['groups.get'] = ({ withMembers }) =>
      withMembers ? group : { ...group, members: [], nextMember: null };
    return group;
  }

  it.each([0, 1, 999, 1000, 1001, 3500, 50_000])('returns all of %i members', async (count) => {
    const members = people(count);
    const group = bigGroup(members);
    const answer = await okta.scim('GET', `/Groups/${group.id}`);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/scim+json']);
    const body = answer.json();
    expect(body.members.map((member: { value: string }) => member.value)).toEqual(members.map(({ id }) => id));
    expect(body).toMatchObject({ id: group.id, displayName: 'Database admins', meta: { resourceType: 'Group' } });
  });

  it('does not fetch members that are not requested', async () => {
    const group = bigGroup(people(3500));
    const asked = gateway.transport.asked.length;
    const answer = await okta.scim('GET', `/Groups/${group.id}?excludedAttributes=members`);
    expect(answer.json()).not.toHaveProperty('members');
    expect(gateway.transport.asked.slice(asked).map(({ name, data }) => [name, data])).toEqual([
      ['groups.get', { id: group.id, withMembers: false }],
    ]);
  });

  it('applies the projection to members on every page', async () => {
    const group = bigGroup(people(2500));
    const { members } = (await okta.scim('GET', `/Groups/${group.id}?attributes=members.value`)).json();
    expect(members).toHaveLength(2500);
    expect(new Set(members.flatMap(Object.keys))).toEqual(new Set(['value']));
  });

  it('lists large groups among small ones', async () => {
    const big = bigGroup(people(2500));
    const small = groupRecord({ members: people(2) });
    gateway.transport.handlers['groups.list'] = () => ({ totalResults: 3, items: [small, big, groupRecord()] });
    const body = (await okta.scim('GET', '/Groups?startIndex=1&count=3')).json();
    expect(body).toMatchObject({ totalResults: 3, startIndex: 1, itemsPerPage: 3 });
    expect(body.Resources.map((group: { members: unknown[] }) => group.members.length)).toEqual([2, 2500, 0]);
  });

  it('aborts an incomplete response instead of returning fewer members', async () => {
    const group = bigGroup(people(2500));
    delete gateway.transport.handlers['groups.members'];
    await expect(okta.scim('GET', `/Groups/${group.id}`)).rejects.toThrow();
  });

  it('responds to a PATCH with groups up to 500 members, and above only if requested', async () => {
    const rename = { Operations: [{ op: 'replace', value: { displayName: 'Admins' } }] };
    const after = async (group: GroupRecord, query = '') => {
      gateway.transport.handlers['groups.patch'] = () => group;
      const answer = await okta.scim('PATCH', `/Groups/${group.id}${query}`, rename);
      return [answer.statusCode, answer.body === '' ? 0 : answer.json().members?.length];
    };
    expect(await after(groupRecord({ members: people(500) }))).toEqual([200, 500]);
    expect(await after(groupRecord({ members: people(501) }))).toEqual([204, 0]);
    const big = bigGroup(people(2500));
    expect(await after(big)).toEqual([204, 0]);
    expect(await after(big, '?attributes=members')).toEqual([200, 2500]);
    expect(await after(big, '?attributes=displayName')).toEqual([200, undefined]);
  });

  it('accepts a group of 50,000 members and refuses bodies above 16 MiB', async () => {
    gateway.transport.handlers['groups.create'] = () => groupRecord();
    const members = people(50_000).map(({ id, display }) => ({ value: id, display }));
    expect((await okta.scim('POST', '/Groups', { displayName: 'Everyone', members })).statusCode).toBe(201);
    const { attributes } = gateway.transport.last('groups.create').data as { attributes: { members: string } };
    expect(attributes.members.split(',')).toHaveLength(50_000);
    const tooLarge = await okta.scim('POST', '/Groups', { displayName: 'x'.repeat(16 * 1024 * 1024) });
    expect([tooLarge.statusCode, tooLarge.json().status]).toEqual([413, '413']);
  });

  it('sends the members of a large PATCH as changes by id', async () => {
    gateway.transport.handlers['groups.patch'] = ({ id }) => groupRecord({ id });
    const members = people(2_000).map(({ id, display }) => ({ value: id, display }));
    const Operations = [
      { op: 'replace', path: 'displayName', value: 'Everyone' },
      { op: 'add', path: 'members', value: members },
    ];
    expect((await okta.scim('PATCH', `/Groups/${uuidv7()}`, { Operations })).statusCode).toBe(200);
    expect(gateway.transport.last('groups.patch').data).toMatchObject({
      operations: [Operations[0]],
      members: [{ kind: 'add', ids: members.map(({ value }) => value) }],
    });
  });

  it('refuses a PATCH with more than a million characters besides members', async () => {
    const asked = gateway.transport.asked.length;
    const texts = Array.from({ length: 15 }, () => 'x'.repeat(1_000_000));
    const values = Array.from({ length: 600_000 }, () => 1);
    for (const value of [texts, values]) {
      const Operations = [{ op: 'replace', path: 'displayName', value }];
      const answer = await okta.scim('PATCH', `/Groups/${uuidv7()}`, { Operations });
      expect([answer.statusCode, answer.json()]).toMatchObject([
        413,
        { status: '413', detail: 'The operations that do not change members are too large. Split the request.' },
      ]);
    }
    expect(gateway.transport.asked).toHaveLength(asked);
  });

  it('sends changes by Okta as operations', async () => {
    gateway.transport.handlers['groups.patch'] = ({ id }) => groupRecord({ id });
    const Operations = [
      { op: 'remove', path: 'members[value eq "x"]' },
      { op: 'add', path: 'members', value: [{ value: uuidv7(), display: 'alice' }] },
    ];
    const id = uuidv7();
    expect((await okta.scim('PATCH', `/Groups/${id}`, { Operations })).statusCode).toBe(200);
    expect(gateway.transport.last('groups.patch').data).toEqual({ id, operations: Operations });
    const bad = await okta.scim('PATCH', `/Groups/${id}`, { Operations: [{ op: 'remove', path: 'members[' }] });
    expect([bad.statusCode, bad.json().scimType]).toEqual([400, 'invalidPath']);
  });
});
