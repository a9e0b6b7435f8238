import { type Event, type EventName } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person } from './integration.js';

let accessFlow: TestAccessFlow;
let okta: Integration;
beforeAll(async () => void (accessFlow = await TestAccessFlow.open()));
afterAll(() => accessFlow.close());
beforeEach(async () => void (okta = await Integration.begin(accessFlow)));

const refusedWith = (code: string, detail: string): unknown =>
  expect.objectContaining({ code, detail: expect.stringContaining(detail) });
const state = (groupId: string, version: number, synced: boolean, syncVersion = version) => {
  return { groupId, displayName: 'Deploy', deleted: false, synced, syncVersion, version };
};
const letGo = (groupId: string, version: number) =>
  okta.tell('group.unsynced', groupId, state(groupId, version, false));
const takeIn = (groupId: string, version: number) => okta.tell('group.synced', groupId, state(groupId, version, true));
/** Members as they are told of a group that was taken in at a version. */
const push = (version: number, syncVersion: number, changes: Partial<Record<Person, boolean>>) =>
  okta.tell('group.members.changed', okta.deploy, {
    ...okta.pushed(okta.deploy, version, changes),
    synced: true,
    syncVersion,
  });

describe('a group that is let go', () => {
  it('ends what was borrowed of it, with the reason, and of no other', async () => {
    const grant = await okta.requestAccess('alice');
    const other = await okta.requestAccess('alice', { groupId: okta.billing });
    await letGo(okta.deploy, 2);
    expect(await okta.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'group_not_synced' });
    await accessFlow.settleTargets();
    expect(await okta.grant(grant)).toMatchObject({ status: 'ended', endReason: 'group_not_synced' });
    expect(await okta.grant(other)).toMatchObject({ status: 'active' });
    expect(await accessFlow.told(grant.grantId)).toEqual(['grant.activated', 'grant.revoking', 'grant.ended']);
    expect(
      await accessFlow.rows('SELECT 1 FROM access_flow.directory_memberships WHERE group_id = $1', [okta.deploy]),
    ).toEqual([]);
  });

  it('cancels what was asked for', async () => {
    const request = await okta.request(await okta.reviewedFlow('bob'), 'alice');
    await letGo(okta.deploy, 2);
    expect(await okta.ask('requests.get', { id: request.id })).toMatchObject({
      status: 'cancelled',
      statusReason: 'group_not_synced',
    });
    await expect(okta.review(request, 'bob')).rejects.toEqual(refusedWith('conflict', 'cancelled'));
  });

  it('is as absent: in flows, in requests, and in every list of members', async () => {
    await okta.push(okta.deploy, 2, { alice: true });
    const flow = await okta.flow();
    const ofMembers = await okta.flow({
      groupIds: [okta.billing],
      requesters: { kind: 'members_of', groupIds: [okta.deploy] },
    });
    await letGo(okta.deploy, 3);
    await expect(okta.request(flow, 'alice')).rejects.toEqual(
      refusedWith('notAllowed', 'not among the groups to sync'),
    );
    await expect(okta.request(ofMembers, 'alice', { groupId: okta.billing })).rejects.toEqual(
      refusedWith('notAllowed', 'may not ask'),
    );
    await expect(okta.flow()).rejects.toEqual(refusedWith('invalid', 'that are synced'));
    await expect(okta.members(okta.deploy)).rejects.toEqual(refusedWith('missing', 'among the groups to sync'));
    const { userId } = okta.people.alice;
    expect((await okta.ask('memberships.list', { userId, limit: 9 })).items).toEqual([]);
    expect((await okta.ask('flows.get', { id: flow.id })).groupIds).toEqual([okta.deploy, okta.billing]);
  });

  it('at the moment of a request leaves no grant behind', async () => {
    const flow = await okta.flow();
    for (let version = 2; version < 20; version += 2) {
      const [asked] = await Promise.allSettled([okta.request(flow, 'alice'), letGo(okta.deploy, version)]);
      if (asked.status === 'rejected') expect(asked.reason).toEqual(refusedWith('notAllowed', 'groups to sync'));
      const { items } = await okta.ask('grants.groups', { limit: 9 });
      expect(items).toEqual([]);
      await takeIn(okta.deploy, version + 1);
    }
  });

  it('of another integration ends nothing here', async () => {
    const grant = await okta.requestAccess('alice');
    const other = await Integration.begin(accessFlow);
    await other.tell('group.unsynced', okta.deploy, state(okta.deploy, 9, false));
    expect(await okta.grant(grant)).toMatchObject({ status: 'active' });
  });

  it('and nobody was told of, is noticed by asking', async () => {
    const grant = await okta.requestAccess('alice');
    const request = await okta.request(await okta.reviewedFlow('bob'), 'carol', { groupId: okta.billing });
    const asked: unknown[] = [];
    accessFlow.identity['groups.states'] = ({ groups }, integrationIds) => {
      if (integrationIds[0] !== okta.id) return { changed: [], absent: [] };
      asked.push(...groups);
      const changed = [{ ...state(okta.deploy, 7, false), externalId: null }];
      return { changed: [...changed, { ...changed[0]!, groupId: uuidv7() }], absent: [okta.billing] };
    };
    await accessFlow.reconcile();
    accessFlow.identity['groups.states'] = () => ({ changed: [], absent: [] });
    expect(asked).toEqual([okta.deploy, okta.billing].sort().map((id) => ({ id, syncVersion: 1 })));
    expect(await okta.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'group_not_synced' });
    expect(await okta.ask('requests.get', { id: request.id })).toMatchObject({
      status: 'cancelled',
      statusReason: 'group_deleted',
    });
    expect(await accessFlow.metrics.registry.getSingleMetricAsString('tidegate_missed_groups_total')).toMatch(/ 2$/m);
  });
});

describe('a group that is taken in', () => {
  it('can be borrowed again; nothing comes back, and nobody who was removed meanwhile', async () => {
    await okta.push(okta.deploy, 2, { alice: true, bob: true });
    const flow = await okta.flow();
    const grant = await okta.request(flow, 'carol');
    await letGo(okta.deploy, 3);
    await takeIn(okta.deploy, 6);
    expect(await okta.members(okta.deploy)).toEqual({});
    await push(6, 6, { bob: true });
    await accessFlow.settleTargets();
    expect(await okta.members(okta.deploy)).toEqual({ bob: 'scim' });
    expect(await okta.grant(grant)).toMatchObject({ status: 'ended', endReason: 'group_not_synced' });
    await okta.request(flow, 'carol');
    await accessFlow.settleTargets();
    expect(await okta.members(okta.deploy)).toEqual({ bob: 'scim', carol: 'grant' });
  });

  it('before its leaving is heard ends what was borrowed before it; what is borrowed after goes on', async () => {
    const grant = await okta.requestAccess('alice');
    await takeIn(okta.deploy, 6);
    expect(await okta.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'group_not_synced' });
    const after = await okta.requestAccess('bob');
    await letGo(okta.deploy, 3);
    expect(await okta.grant(after)).toMatchObject({ status: 'active' });
  });
});

it('every history of a group, heard in any order and with repeats, ends with the same members', async () => {
  const people = ['alice', 'bob', 'carol'] as const;
  const step = fc.oneof(
    fc.record({ kind: fc.constant('turn' as const) }),
    fc.record({ kind: fc.constant('rename' as const) }),
    fc.record({
      kind: fc.constant('members' as const),
      changes: fc.dictionary(fc.constantFrom(...people), fc.boolean(), { minKeys: 1, noNullPrototype: true }),
    }),
  );
  const histories = fc
    .array(step, { minLength: 2, maxLength: 9 })
    .chain((steps) => fc.tuple(fc.constant(steps), fc.infiniteStream(fc.nat())));
  await fc.assert(
    fc.asyncProperty(histories, async ([steps, random]) => {
      const groupId = uuidv7();
      const tell = (name: EventName, more: object) => okta.event(name, groupId, { ...current(), ...more });
      const current = () => ({
        groupId,
        displayName: `Group ${version}`,
        deleted: false,
        synced,
        syncVersion,
        version,
      });
      let [version, syncVersion, synced] = [1, 1, true];
      const present = new Set<Person>();
      const told: Event[] = [tell('group.created', {})];
      const entries = (changes: Partial<Record<Person, boolean>>) => ({
        changes: okta.pushed(groupId, version, changes).changes,
        chunk: 0,
        chunks: 1,
      });
      for (const one of steps) {
        version++;
        if (one.kind === 'members')
          for (const [person, is] of Object.entries(one.changes)) present[is ? 'add' : 'delete'](person as Person);
        if (one.kind === 'turn') {
          synced = !synced;
          syncVersion = version;
          told.push(tell(synced ? 'group.synced' : 'group.unsynced', {}));
          // One chunk for each member, as a big group has many.
          if (synced)
            for (const person of present) told.push(tell('group.members.changed', entries({ [person]: true })));
        } else if (synced && one.kind === 'rename') told.push(tell('group.renamed', {}));
        else if (synced && one.kind === 'members') told.push(tell('group.members.changed', entries(one.changes)));
      }
      const drawn = random[Symbol.iterator]();
      const order = [...told, ...told.slice(0, 3)]
        .map((event) => [drawn.next().value as number, event] as const)
        .sort(([a], [b]) => a - b);
      for (const [, event] of order) await accessFlow.handleEvent(event);
      const shown = synced ? Object.keys(await okta.members(groupId)).sort() : 'absent';
      if (!synced) await expect(okta.members(groupId)).rejects.toEqual(refusedWith('missing', 'group'));
      expect(shown).toEqual(synced ? [...present].sort() : 'absent');
    }),
    { numRuns: 60 },
  );
});

it('groups of which something is borrowed or asked for are counted, group by group', async () => {
  await okta.requestAccess('alice');
  await okta.requestAccess('bob');
  await okta.request(await okta.reviewedFlow('bob'), 'carol', { groupId: okta.billing });
  const first = await okta.ask('grants.groups', { limit: 1 });
  const rest = await okta.ask('grants.groups', { limit: 1, cursor: first.nextCursor! });
  const counts = [
    { groupId: okta.deploy, liveGrants: 2, openRequests: 0 },
    { groupId: okta.billing, liveGrants: 0, openRequests: 1 },
  ];
  expect([...first.items, ...rest.items]).toEqual(counts.sort((a, b) => (a.groupId < b.groupId ? -1 : 1)));
  expect(rest.nextCursor).toBeNull();
  await letGo(okta.deploy, 2);
  expect((await okta.ask('grants.groups', { limit: 9 })).items.map(({ groupId }) => groupId)).toEqual([okta.billing]);
});
