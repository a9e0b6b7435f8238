import {
  type CommandData,
  type CommandName,
  type CommandReply,
  type Event,
  type EventName,
  type EventPayloads,
  type FlowRecord,
  type FlowSettings,
  type GrantRecord,
  type RequestRecord,
  type UserState,
} from '@tidegate/contracts';
import { alice, bob, carol, type CreatePayload, dan, erin, TEST_CAUSE } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type TestAccessFlow } from './harness.js';

export const HOUR = 3600;
export const CAST = ['alice', 'bob', 'carol', 'dan', 'erin'] as const;
export type Person = (typeof CAST)[number];
const PAYLOADS: Record<Person, CreatePayload> = { alice, bob, carol, dan, erin };

/** What an event carries, as far as a test cares. */
type NewEvent = { version: number } & Record<string, unknown>;

/** An integration with the whole cast, of whom erin has left, and the groups `deploy` and `billing`. */
export class Integration {
  readonly id = uuidv7();
  readonly deploy = uuidv7();
  readonly billing = uuidv7();
  readonly people = Object.fromEntries(CAST.map((name) => [name, stateOf(PAYLOADS[name]())])) as Record<
    Person,
    UserState
  >;

  private constructor(readonly accessFlow: TestAccessFlow) {}

  static async begin(accessFlow: TestAccessFlow): Promise<Integration> {
    const integration = new Integration(accessFlow);
    await integration.tell('integration.created', integration.id, { removed: false, version: 1 });
    for (const name of CAST) await accessFlow.handleEvent(integration.userEvent(integration.people[name]));
    await integration.group(integration.deploy, 'Deploy');
    await integration.group(integration.billing, 'Billing');
    return integration;
  }

  /** Hears an event of this integration; `data` needs only what matters. */
  async tell(name: EventName, subject: string, data: NewEvent): Promise<void> {
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

  /** The person's next state: one version later, and one deactivation more when they go from active to inactive. */
  next(person: Person, change: Partial<UserState>): UserState {
    const before = this.people[person];
    const after = { ...before, ...change, version: before.version + 1 };
    if (before.active && !after.active) after.deactivations++;
    return (this.people[person] = after);
  }

  leaves(person: Person): Promise<void> {
    return this.accessFlow.handleEvent(this.userEvent(this.next(person, { active: false }), 'user.deactivated'));
  }

  returns(person: Person): Promise<void> {
    return this.accessFlow.handleEvent(this.userEvent(this.next(person, { active: true }), 'user.reactivated'));
  }

  group(groupId: string, displayName: string, version = 1, deleted = false): Promise<void> {
    return this.tell('group.created', groupId, { groupId, displayName, deleted, version });
  }

  push(groupId: string, version: number, changes: Partial<Record<Person, boolean>>): Promise<void> {
    return this.tell('group.members.changed', groupId, this.pushed(groupId, version, changes));
  }

  pushed(groupId: string, version: number, changes: Partial<Record<Person, boolean>>) {
    const entries = Object.entries(changes) as [Person, boolean][];
    const list = entries.map(([person, present]) => ({ userId: this.people[person].userId, present }));
    return { groupId, displayName: 'Group', deleted: false, version, changes: list, chunk: 1, chunks: 1 };
  }

  ask<N extends CommandName>(name: N, data: CommandData<N>, commandId?: string): Promise<CommandReply<N>> {
    return this.accessFlow.ask([this.id], name, data, commandId);
  }

  /** An enabled flow for everyone over both groups, automatic unless said otherwise. */
  flow(settings: Partial<FlowSettings> = {}): Promise<FlowRecord> {
    return this.ask('flows.create', {
      integrationId: this.id,
      name: `Flow ${uuidv7()}`,
      enabled: true,
      requesters: { kind: 'everyone' },
      groupIds: [this.deploy, this.billing],
      maxDurationSeconds: 8 * HOUR,
      approval: { kind: 'automatic' },
      ...settings,
    });
  }

  /** A flow where the given people may say yes. */
  reviewedFlow(...approvers: Person[]): Promise<FlowRecord> {
    return this.flow({
      approval: { kind: 'one_approver', approverIds: approvers.map((name) => this.people[name].userId) },
    });
  }

  request(
    flow: FlowRecord,
    person: Person,
    data: Partial<CommandData<'requests.create'>> = {},
    commandId?: string,
  ): Promise<RequestRecord> {
    const { userId } = this.people[person];
    const wanted = { flowId: flow.id, userId, groupId: this.deploy, durationSeconds: HOUR, ...data };
    return this.ask('requests.create', wanted, commandId);
  }

  review(request: RequestRecord, person: Person, verdict: 'approve' | 'deny' = 'approve'): Promise<RequestRecord> {
    return this.ask('requests.review', { id: request.id, reviewerId: this.people[person].userId, verdict });
  }

  /** Asks in an automatic flow and lets the target put it into effect. */
  async requestAccess(person: Person, data: Partial<CommandData<'requests.create'>> = {}): Promise<GrantRecord> {
    const request = await this.request(await this.flow(), person, data);
    await this.accessFlow.settleTargets();
    return this.grant(request);
  }

  grant(of: RequestRecord | GrantRecord): Promise<GrantRecord> {
    return this.ask('grants.get', { id: 'grantId' in of && of.grantId ? of.grantId : '' });
  }

  /** Who is effectively in the group, by name, with the sources. */
  async members(groupId: string): Promise<Record<string, string>> {
    const { items } = await this.ask('members.list', { groupId, limit: 200 });
    return Object.fromEntries(items.map((item) => [this.nameOf(item.userId), item.sources.join('+')]));
  }

  nameOf(userId: string): Person {
    return CAST.find((name) => this.people[name].userId === userId)!;
  }
}

function stateOf({ userName, displayName, externalId, active }: ReturnType<CreatePayload>): UserState {
  const deactivations = active ? 0 : 1;
  return { userId: uuidv7(), userName, displayName, externalId, active, deleted: false, deactivations, version: 1 };
}
