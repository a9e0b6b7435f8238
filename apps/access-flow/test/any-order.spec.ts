import {
  type Condition,
  type Event,
  type EventName,
  type FlowReply,
  Refusal,
  type UserState,
} from '@tidegate/contracts';
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration } from './integration.js';

/** Changes in the identity provider: each switches one fact between allowing and not allowing access, except `update`. */
const CHANGES = ['update', 'active', 'title', 'member', 'requested', 'condition'] as const;
type Change = (typeof CHANGES)[number];

/** The user, the requested groups and the group of the condition of one run, as the identity provider has them. */
class Directory {
  readonly userId = uuidv7();
  readonly requested = [uuidv7(), uuidv7()];
  readonly condition = uuidv7();
  readonly events: Event[] = [];
  active = true;
  title = 'Engineer';
  isMember = true;
  deactivations = 0;
  private readonly versions = new Map<string, number>();
  private readonly syncVersions = new Map<string, number>();
  private readonly unsynced = new Set<string>();

  constructor(private readonly integration: Integration) {
    for (const id of [...this.requested, this.condition]) this.publish('group.created', id, { ...this.group(id) });
    this.publish('user.created', this.userId, { ...this.user() });
    this.publishProfile();
    this.publishMember();
  }

  /** Whether the final state allows access. */
  get allows(): boolean {
    return this.active && this.title === 'Engineer' && this.isMember && this.unsynced.size === 0;
  }

  apply(change: Change): void {
    switch (change) {
      case 'update':
        return this.publish('user.updated', this.userId, { ...this.user() });
      case 'active':
        this.active = !this.active;
        if (!this.active) this.deactivations++;
        return this.publish(this.active ? 'user.reactivated' : 'user.deactivated', this.userId, { ...this.user() });
      case 'title':
        this.title = this.title === 'Engineer' ? 'Clerk' : 'Engineer';
        return this.publishProfile();
      case 'member':
        this.isMember = !this.isMember;
        return this.unsynced.has(this.condition) ? undefined : this.publishMember();
      case 'requested':
        for (const id of this.requested) this.toggleSync(id);
        return;
      case 'condition':
        this.toggleSync(this.condition);
        if (!this.unsynced.has(this.condition)) this.publishMember();
    }
  }

  /** Makes every change that access needs. */
  allowAll(): void {
    if (!this.active) this.apply('active');
    if (this.title !== 'Engineer') this.apply('title');
    if (!this.isMember) this.apply('member');
    if (this.unsynced.has(this.condition)) this.apply('condition');
    if (this.requested.some((id) => this.unsynced.has(id))) this.apply('requested');
  }

  private toggleSync(id: string): void {
    if (!this.unsynced.delete(id)) this.unsynced.add(id);
    const group = this.group(id);
    this.syncVersions.set(id, group.version);
    const name = this.unsynced.has(id) ? 'group.unsynced' : 'group.synced';
    const state = { ...group, syncVersion: group.version };
    this.publish(name, id, state);
  }

  private publish(name: EventName, subject: string, data: { version: number } & Record<string, unknown>): void {
    this.events.push(this.integration.event(name, subject, data));
  }

  private publishProfile(): void {
    const user = this.user();
    const data = { ...user, attributes: { title: this.title }, attributesVersion: user.version };
    this.publish('user.profile.changed', this.userId, data);
  }

  private publishMember(): void {
    const changes = [{ userId: this.userId, present: this.isMember }];
    this.publish('group.members.changed', this.condition, {
      ...this.group(this.condition),
      changes,
      chunk: 0,
      chunks: 1,
    });
  }

  private next(id: string): number {
    const version = (this.versions.get(id) ?? 0) + 1;
    this.versions.set(id, version);
    return version;
  }

  private user(): UserState {
    const { userId, active, deactivations } = this;
    const names = { userName: `user-${userId}`, displayName: null, externalId: null };
    return { userId, ...names, active, deleted: false, deactivations, version: this.next(userId) };
  }

  private group(groupId: string) {
    const synced = !this.unsynced.has(groupId);
    const syncVersion = this.syncVersions.get(groupId) ?? 1;
    return { groupId, displayName: 'Group', deleted: false, synced, syncVersion, version: this.next(groupId) };
  }
}

const accessFlow = TestAccessFlow.use();

/** Makes two flows of the groups: one grants without approval, the requests of the other wait. */
async function createFlows(integration: Integration, { requested, condition }: Directory): Promise<FlowReply[]> {
  const isEngineer: Condition = { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Engineer'] };
  const eligibility: Condition = { kind: 'all', conditions: [inGroups(condition), isEngineer] };
  const [automatic, reviewed] = requested as [string, string];
  return [
    await integration.flow({ eligibility, groupIds: [automatic] }),
    await integration.flow({ eligibility, groupIds: [reviewed], steps: integration.by('bob') }),
  ];
}

/** Requests access under each flow, as far as the events that have arrived allow it. */
async function requestAccess(integration: Integration, { userId }: Directory, flows: FlowReply[]): Promise<void> {
  for (const { id: flowId, groupIds } of flows) {
    const request = { flowId, userId, groupId: groupIds[0]!, durationSeconds: HOUR };
    await integration.ask('requests.create', request).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }
  await accessFlow.runTargets();
}

interface Access {
  kind: 'grant' | 'request' | 'membership';
  deactivations: string | null;
}

/** @returns the live grants, pending requests and memberships of a user */
const accessOf = (userId: string): Promise<Access[]> =>
  accessFlow.rows<Access>(
    `SELECT 'grant' AS kind, deactivations FROM access_flow.grants
       WHERE user_id = $1 AND status NOT IN ('revoking', 'ended')
     UNION ALL SELECT 'request', deactivations FROM access_flow.requests WHERE user_id = $1 AND status = 'pending'
     UNION ALL SELECT 'membership', NULL FROM access_flow.directory_memberships WHERE user_id = $1`,
    [userId],
  );

it('no order of events leaves access of a person who is inactive or no longer allowed, nor access from before a deactivation', async () => {
  const integration = await Integration.create(accessFlow);
  const change = fc.constantFrom(...CHANGES);
  const histories = fc.record({
    changes: fc.array(change, { maxLength: 3 }),
    comesBack: fc.boolean(),
    last: fc.oneof(fc.constant('update' as const), change),
    // The places by which events are delayed at most: with few, the first requests are mostly granted.
    delay: fc.constantFrom(4, 6, 20),
    requestedAt: fc.uniqueArray(fc.integer({ min: 4, max: 14 }), { minLength: 3, maxLength: 6 }),
    random: fc.infiniteStream(fc.nat()),
  });
  let withAccess = 0;
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ({ changes, comesBack, last, delay, requestedAt, random }) => {
      const directory = new Directory(integration);
      const groups = directory.events.slice(0, 3);
      for (const each of changes) directory.apply(each);
      // Most histories end with a state that allows access, or that misses it by one fact.
      directory.allowAll();
      if (comesBack) for (let times = 0; times < 2; times++) directory.apply('active');
      directory.apply(last);
      for (const event of groups) await accessFlow.handleEvent(event);
      const flows = await createFlows(integration, directory);
      const numbers = random[Symbol.iterator]();
      const order = [...directory.events, ...directory.events.slice(0, 4)]
        .map((event, index) => [index + ((numbers.next().value as number) % delay), event] as const)
        .sort(([a], [b]) => a - b)
        .map(([, event]) => event);
      for (const [index, event] of order.entries()) {
        await accessFlow.handleEvent(event);
        if (requestedAt.includes(index)) await requestAccess(integration, directory, flows);
      }
      const before = (await accessFlow.rows(`SELECT 1 FROM access_flow.grants WHERE user_id = $1`, [directory.userId]))
        .length;
      await accessFlow.runTargets();
      const access = await accessOf(directory.userId);
      if (!directory.allows) expect(access).toEqual([]);
      for (const { kind, deactivations } of access)
        if (kind !== 'membership') expect([kind, Number(deactivations)]).toEqual([kind, directory.deactivations]);
      if (access.length > 0) withAccess++;
      else if (before > 0) ended++;
    }),
    { numRuns: 60 },
  );
  // Otherwise the runs show nothing.
  expect({ withAccess: withAccess > 0, ended: ended > 0 }).toEqual({ withAccess: true, ended: true });
});
