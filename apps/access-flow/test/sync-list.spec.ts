import { type Event, type EventName } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { inGroups, Integration, type Person } from './integration.js';

const accessFlow = TestAccessFlow.use();
let integration: Integration;
beforeEach(async () => void (integration = await Integration.create(accessFlow)));

const refusedWith = (code: string, detail: string): unknown =>
  expect.objectContaining({ code, detail: expect.stringContaining(detail) });
const state = (groupId: string, version: number, synced: boolean, syncVersion = version) => {
  return { groupId, displayName: 'Deploy', deleted: false, synced, syncVersion, version };
};
const unsync = (groupId: string, version: number) =>
  integration.publish('group.unsynced', groupId, state(groupId, version, false));
const sync = (groupId: string, version: number) =>
  integration.publish('group.synced', groupId, state(groupId, version, true));
/** Publishes members of a group that was synced at `syncVersion`. */
const push = (version: number, syncVersion: number, changes: Partial<Record<Person, boolean>>) =>
  integration.publish('group.members.changed', integration.deploy, {
    ...integration.pushed(integration.deploy, version, changes),
    synced: true,
    syncVersion,
  });

describe('a group that is no longer synced', () => {
  it('ends its grants and no others, with the reason', async () => {
    const grant = await integration.requestAccess('alice');
    const other = await integration.requestAccess('alice', { groupId: integration.billing });
    await unsync(integration.deploy, 2);
    expect(await integration.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'group_not_synced' });
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'group_not_synced' });
    expect(await integration.grant(other)).toMatchObject({ status: 'active' });
    expect(await accessFlow.eventNames(grant.grantId)).toEqual(['grant.activated', 'grant.revoking', 'grant.ended']);
    expect(
      await accessFlow.rows('SELECT 1 FROM access_flow.directory_memberships WHERE group_id = $1', [
        integration.deploy,
      ]),
    ).toEqual([]);
  });

  it('cancels its requests', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    await unsync(integration.deploy, 2);
    expect(await integration.ask('requests.get', { id: request.id })).toMatchObject({
      status: 'cancelled',
      statusReason: 'group_not_synced',
    });
    await expect(integration.review(request, 'bob')).rejects.toEqual(refusedWith('conflict', 'cancelled'));
  });

  it('is not available in flows, requests and lists of members', async () => {
    await integration.push(integration.deploy, 2, { alice: true });
    const flow = await integration.flow();
    const flowOfMembers = await integration.flow({
      groupIds: [integration.billing],
      eligibility: inGroups(integration.deploy),
    });
    await unsync(integration.deploy, 3);
    await expect(integration.request(flow, 'alice')).rejects.toEqual(
      refusedWith('notAllowed', 'not in the groups to sync'),
    );
    await expect(integration.request(flowOfMembers, 'alice', { groupId: integration.billing })).rejects.toEqual(
      refusedWith('notAllowed', 'not eligible'),
    );
    await expect(integration.flow()).rejects.toEqual(
      refusedWith('invalid', 'groupIds[0] must be the id of a synced group'),
    );
    await expect(integration.members(integration.deploy)).rejects.toEqual(
      refusedWith('missing', 'among the groups to sync'),
    );
    const { userId } = integration.people.alice;
    expect((await integration.ask('memberships.list', { userId, limit: 9 })).items).toEqual([]);
    expect((await integration.ask('flows.get', { id: flow.id })).groupIds).toEqual([
      integration.deploy,
      integration.billing,
    ]);
  });

  it('leaves no grant of a concurrent request', async () => {
    const flow = await integration.flow();
    for (let version = 2; version < 20; version += 2) {
      const [result] = await Promise.allSettled([
        integration.request(flow, 'alice'),
        unsync(integration.deploy, version),
      ]);
      if (result.status === 'rejected') expect(result.reason).toEqual(refusedWith('notAllowed', 'groups to sync'));
      const { items } = await integration.ask('grants.groups', { limit: 9 });
      expect(items).toEqual([]);
      await sync(integration.deploy, version + 1);
    }
  });

  it('ends no grant of another integration', async () => {
    const grant = await integration.requestAccess('alice');
    const other = await Integration.create(accessFlow);
    await other.publish('group.unsynced', integration.deploy, state(integration.deploy, 9, false));
    expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
  });

  it('is found by the reconciler when its event was lost', async () => {
    const grant = await integration.requestAccess('alice');
    const request = await integration.request(await integration.reviewedFlow('bob'), 'carol', {
      groupId: integration.billing,
    });
    const checked: unknown[] = [];
    accessFlow.identity['groups.states'] = ({ groups }, integrationIds) => {
      if (integrationIds[0] !== integration.id) return { changed: [], absent: [] };
      checked.push(...groups);
      const changed = [{ ...state(integration.deploy, 7, false), externalId: null }];
      return { changed: [...changed, { ...changed[0]!, groupId: uuidv7() }], absent: [integration.billing] };
    };
    await accessFlow.reconcile();
    accessFlow.identity['groups.states'] = () => ({ changed: [], absent: [] });
    expect(checked).toEqual([integration.deploy, integration.billing].sort().map((id) => ({ id, syncVersion: 1 })));
    expect(await integration.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'group_not_synced' });
    expect(await integration.ask('requests.get', { id: request.id })).toMatchObject({
      status: 'cancelled',
      statusReason: 'group_deleted',
    });
    expect(await accessFlow.metrics.registry.getSingleMetricAsString('tidegate_missed_groups_total')).toMatch(/ 2$/m);
  });
});

describe('a group that is synced again', () => {
  it('can be requested again; grants and members removed meanwhile are not restored', async () => {
    await integration.push(integration.deploy, 2, { alice: true, bob: true });
    const flow = await integration.flow();
    const grant = await integration.request(flow, 'carol');
    await unsync(integration.deploy, 3);
    await sync(integration.deploy, 6);
    expect(await integration.members(integration.deploy)).toEqual({});
    await push(6, 6, { bob: true });
    await accessFlow.runTargets();
    expect(await integration.members(integration.deploy)).toEqual({ bob: 'scim' });
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'group_not_synced' });
    await integration.request(flow, 'carol');
    await accessFlow.runTargets();
    expect(await integration.members(integration.deploy)).toEqual({ bob: 'scim', carol: 'grant' });
  });

  it('ends earlier grants and keeps later ones when its events arrive in reverse order', async () => {
    const grant = await integration.requestAccess('alice');
    await sync(integration.deploy, 6);
    expect(await integration.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'group_not_synced' });
    const after = await integration.requestAccess('bob');
    await unsync(integration.deploy, 3);
    expect(await integration.grant(after)).toMatchObject({ status: 'active' });
  });
});

it('the events of a group give the same members in any order and with repeats', async () => {
  const people = ['alice', 'bob', 'carol'] as const;
  const anyStep = fc.oneof(
    fc.record({ kind: fc.constant('toggle' as const) }),
    fc.record({ kind: fc.constant('rename' as const) }),
    fc.record({
      kind: fc.constant('members' as const),
      changes: fc.dictionary(fc.constantFrom(...people), fc.boolean(), { minKeys: 1, noNullPrototype: true }),
    }),
  );
  const histories = fc
    .array(anyStep, { minLength: 2, maxLength: 9 })
    .chain((steps) => fc.tuple(fc.constant(steps), fc.infiniteStream(fc.nat())));
  await fc.assert(
    fc.asyncProperty(histories, async ([steps, random]) => {
      const groupId = uuidv7();
      const eventOf = (name: EventName, more: object) => integration.event(name, groupId, { ...current(), ...more });
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
      const events: Event[] = [eventOf('group.created', {})];
      const entries = (changes: Partial<Record<Person, boolean>>) => ({
        changes: integration.pushed(groupId, version, changes).changes,
        chunk: 0,
        chunks: 1,
      });
      for (const step of steps) {
        version++;
        if (step.kind === 'members')
          for (const [person, isPresent] of Object.entries(step.changes))
            present[isPresent ? 'add' : 'delete'](person as Person);
        if (step.kind === 'toggle') {
          synced = !synced;
          syncVersion = version;
          events.push(eventOf(synced ? 'group.synced' : 'group.unsynced', {}));
          // One chunk per member, as for a large group.
          if (synced)
            for (const person of present) events.push(eventOf('group.members.changed', entries({ [person]: true })));
        } else if (synced && step.kind === 'rename') events.push(eventOf('group.renamed', {}));
        else if (synced && step.kind === 'members')
          events.push(eventOf('group.members.changed', entries(step.changes)));
      }
      const randomNumbers = random[Symbol.iterator]();
      const order = [...events, ...events.slice(0, 3)]
        .map((event) => [randomNumbers.next().value as number, event] as const)
        .sort(([a], [b]) => a - b);
      for (const [, event] of order) await accessFlow.handleEvent(event);
      const members = synced ? Object.keys(await integration.members(groupId)).sort() : 'absent';
      if (!synced) await expect(integration.members(groupId)).rejects.toEqual(refusedWith('missing', 'group'));
      expect(members).toEqual(synced ? [...present].sort() : 'absent');
    }),
    { numRuns: 60 },
  );
});

it('live grants and pending requests are counted per group', async () => {
  await integration.requestAccess('alice');
  await integration.requestAccess('bob');
  await integration.request(await integration.reviewedFlow('bob'), 'carol', { groupId: integration.billing });
  const first = await integration.ask('grants.groups', { limit: 1 });
  const rest = await integration.ask('grants.groups', { limit: 1, cursor: first.nextCursor! });
  const counts = [
    { groupId: integration.deploy, liveGrants: 2, openRequests: 0 },
    { groupId: integration.billing, liveGrants: 0, openRequests: 1 },
  ];
  expect([...first.items, ...rest.items]).toEqual(counts.sort((a, b) => (a.groupId < b.groupId ? -1 : 1)));
  expect(rest.nextCursor).toBeNull();
  await unsync(integration.deploy, 2);
  expect((await integration.ask('grants.groups', { limit: 9 })).items.map(({ groupId }) => groupId)).toEqual([
    integration.billing,
  ]);
});
