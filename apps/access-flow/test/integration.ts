import {
  type ApprovalStep,
  type CommandData,
  type CommandName,
  type CommandReply,
  type Condition,
  type Event,
  type EventName,
  type EventPayloads,
  type FlowReply,
  type FlowSettings,
  type GrantReply,
  type RequestReply,
  type UserState,
} from '@tidegate/contracts';
import { alice, bob, carol, type CreatePayload, dan, erin, TEST_CAUSE } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type TestAccessFlow } from './harness.js';

export const HOUR = 3600;
export const PERSONS = ['alice', 'bob', 'carol', 'dan', 'erin'] as const;
export type Person = (typeof PERSONS)[number];
const PAYLOADS: Record<Person, CreatePayload> = { alice, bob, carol, dan, erin };

/** The event fields that a test sets. */
type NewEvent = { version: number } & Record<string, unknown>;

/** A test integration with five users, of whom erin is inactive, and the groups `deploy` and `billing`. */
export class Integration {
  readonly id = uuidv7();
  readonly deploy = uuidv7();
  readonly billing = uuidv7();
  readonly people = Object.fromEntries(PERSONS.map((name) => [name, stateOf(PAYLOADS[name]())])) as Record<
    Person,
    UserState
  >;

  private constructor(readonly accessFlow: TestAccessFlow) {}

  static async create(accessFlow: TestAccessFlow): Promise<Integration> {
    const integration = new Integration(accessFlow);
    await integration.publish('integration.created', integration.id, { removed: false, version: 1 });
    for (const name of PERSONS) await accessFlow.handleEvent(integration.userEvent(integration.people[name]));
    await integration.group(integration.deploy, 'Deploy');
    await integration.group(integration.billing, 'Billing');
    return integration;
  }

  /** Delivers an event of this integration; defaults fill the fields missing in `data`. */
  async publish(name: EventName, subject: string, data: NewEvent): Promise<void> {
    await this.accessFlow.handleEvent(this.event(name, subject, data));
  }

  event(name: EventName, subject: string, data: NewEvent): Event {
    const defaults = { integrationId: this.id, name: 'Example', type: 'okta-scim', externalId: null };
    return {
      id: uuidv7(),
      name,
      integrationId: this.id,
      subject,
      version: data.version,
      time: new Date().toISOString(),
      ...TEST_CAUSE,
      data: { ...defaults, ...data } as unknown as EventPayloads[EventName],
    };
  }

  userEvent(state: UserState, name: EventName = 'user.updated'): Event {
    return this.event(name, state.userId, { ...state });
  }

  /** @returns the user's next state: version + 1, and deactivations + 1 if the user becomes inactive */
  next(person: Person, change: Partial<UserState>): UserState {
    const before = this.people[person];
    const after = { ...before, ...change, version: before.version + 1 };
    if (before.active && !after.active) after.deactivations++;
    return (this.people[person] = after);
  }

  deactivate(person: Person): Promise<void> {
    return this.accessFlow.handleEvent(this.userEvent(this.next(person, { active: false }), 'user.deactivated'));
  }

  reactivate(person: Person): Promise<void> {
    return this.accessFlow.handleEvent(this.userEvent(this.next(person, { active: true }), 'user.reactivated'));
  }

  group(groupId: string, displayName: string, version = 1, deleted = false): Promise<void> {
    return this.publish('group.created', groupId, { groupId, displayName, deleted, version });
  }

  push(groupId: string, version: number, changes: Partial<Record<Person, boolean>>): Promise<void> {
    return this.publish('group.members.changed', groupId, this.pushed(groupId, version, changes));
  }

  pushed(groupId: string, version: number, changes: Partial<Record<Person, boolean>>) {
    const entries = Object.entries(changes) as [Person, boolean][];
    const list = entries.map(([person, present]) => ({ userId: this.people[person].userId, present }));
    return { groupId, displayName: 'Group', deleted: false, version, changes: list, chunk: 1, chunks: 1 };
  }

  ask<N extends CommandName>(name: N, data: CommandData<N>, commandId?: string): Promise<CommandReply<N>> {
    return this.accessFlow.ask([this.id], name, data, commandId);
  }

  /** Creates an enabled, automatic flow for everyone and both groups; `settings` override these defaults. */
  flow(settings: Partial<FlowSettings> = {}): Promise<FlowReply> {
    return this.ask('flows.create', this.newFlow(settings));
  }

  /** @returns the data that `flow` sends */
  newFlow(settings: Partial<FlowSettings> = {}): CommandData<'flows.create'> {
    return {
      integrationId: this.id,
      name: `Flow ${uuidv7()}`,
      enabled: true,
      eligibility: { kind: 'everyone' },
      groupIds: [this.deploy, this.billing],
      maxDurationSeconds: 8 * HOUR,
      steps: [],
      ...settings,
    };
  }

  /** @returns one step that any of these users can approve; at least one */
  by(...approvers: Person[]): ApprovalStep[] {
    return oneOf(...approvers.map((name) => this.people[name].userId));
  }

  /** Changes a flow, and confirms what that ends. */
  edit(
    { id, name }: Pick<FlowReply, 'id' | 'name'>,
    settings: Partial<FlowSettings>,
  ): Promise<CommandReply<'flows.update'>> {
    return this.ask('flows.update', { id, settings, confirm: name });
  }

  /** @returns the users and groups that can decide a request now: names of users, ids of groups, and `administrators` */
  deciders({ step, steps }: RequestReply): string[] {
    const { approvers } = steps[step ?? 0] ?? { approvers: [] };
    return approvers.map(({ kind, id }) => (kind === 'user' ? this.nameOf(id!) : (id ?? kind))).sort();
  }

  /** Creates a flow with these approvers. */
  reviewedFlow(...approvers: Person[]): Promise<FlowReply> {
    return this.flow({ steps: this.by(...approvers) });
  }

  request(
    flow: FlowReply,
    person: Person,
    data: Partial<CommandData<'requests.create'>> = {},
    commandId?: string,
  ): Promise<RequestReply> {
    const { userId } = this.people[person];
    const input = { flowId: flow.id, userId, groupId: this.deploy, durationSeconds: HOUR, ...data };
    return this.ask('requests.create', input, commandId);
  }

  review(request: RequestReply, person: Person, verdict: 'approve' | 'deny' = 'approve'): Promise<RequestReply> {
    return this.ask('requests.review', { id: request.id, reviewerId: this.people[person].userId, verdict });
  }

  /** Requests access under an automatic flow and runs the target. @returns the active grant */
  async requestAccess(person: Person, data: Partial<CommandData<'requests.create'>> = {}): Promise<GrantReply> {
    const request = await this.request(await this.flow(), person, data);
    await this.accessFlow.runTargets();
    return this.grant(request);
  }

  /** Makes a second request or grant beside a live grant, as earlier versions allowed. */
  async beside<T>({ id, endsAt }: GrantReply, make: () => Promise<T>): Promise<T> {
    const setEnd = (end: string) =>
      this.accessFlow.rows(`UPDATE access_flow.grants SET ends_at = $2 WHERE id = $1`, [id, end]);
    await setEnd(new Date(0).toISOString());
    const second = await make();
    await setEnd(endsAt);
    return second;
  }

  /** Revokes all grants. */
  async endGrants(): Promise<void> {
    for (const { id } of (await this.ask('grants.list', { limit: 200 })).items) await this.ask('grants.revoke', { id });
  }

  grant(record: RequestReply | GrantReply): Promise<GrantReply> {
    return this.ask('grants.get', { id: 'grantId' in record && record.grantId ? record.grantId : '' });
  }

  /** @returns the effective members of a group by name, with their sources */
  async members(groupId: string): Promise<Record<string, string>> {
    const { items } = await this.ask('members.list', { groupId, limit: 200 });
    return Object.fromEntries(items.map((item) => [this.nameOf(item.userId), item.sources.join('+')]));
  }

  nameOf(userId: string): Person {
    return PERSONS.find((name) => this.people[name].userId === userId)!;
  }
}

/** @returns the condition that a user is a member of one of the groups */
export const inGroups = (...values: string[]): Condition => ({ kind: 'group', operator: 'in', values });

/** @returns one step that any of these users can approve */
export const oneOf = (...ids: string[]): ApprovalStep[] => [
  { quorum: 'any', approvers: ids.map((id) => ({ kind: 'user', id })) },
];

function stateOf({ userName, displayName, externalId, active }: ReturnType<CreatePayload>): UserState {
  const deactivations = active ? 0 : 1;
  return { userId: uuidv7(), userName, displayName, externalId, active, deleted: false, deactivations, version: 1 };
}
