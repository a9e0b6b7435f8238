import {
  type Actor,
  type FlowReply,
  type GroupState,
  MANAGER_VALUE,
  Refusal,
  type UserState,
} from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { type TestAccessFlow } from '../harness.js';
import { Integration, type Person, PERSONS } from '../integration.js';
import { randomFlow, type STEPS } from './flows.js';
import { type Random } from './random.js';

/** A group as identity knows it. */
export interface WorldGroup {
  id: string;
  name: string;
  state: { deleted: boolean; synced: boolean; syncVersion: number; version: number };
}

/** One integration with groups, managers and flows, and what identity knows about it. */
export class World {
  readonly deploy: WorldGroup;
  readonly billing: WorldGroup;
  /** The group in the conditions of flows. */
  readonly staff = newGroup('staff');
  /** The group that approves. */
  readonly reviewers = newGroup('reviewers');
  readonly flows: FlowReply[] = [];
  /** Grants with backdated times. */
  readonly moved = new Set<string>();
  disabled = false;
  private disablements = 0;
  /** Versions of all events, so that none is equal to another. */
  private version = 10;

  private constructor(readonly integration: Integration) {
    this.deploy = newGroup('deploy', integration.deploy);
    this.billing = newGroup('billing', integration.billing);
  }

  static async create(accessFlow: TestAccessFlow, random: Random): Promise<World> {
    const world = new World(await Integration.create(accessFlow));
    world.answerAsIdentity();
    await world.setIntegration(false);
    await world.publishGroup(world.staff, 'group.created');
    await world.publishGroup(world.reviewers, 'group.created');
    await world.push(world.staff, { alice: true, bob: true, carol: true });
    await world.push(world.reviewers, { bob: true, carol: true });
    await world.setManager('alice', 'dan');
    const owners = { groupId: world.deploy.id, userIds: [world.id('carol')] };
    await world.integration.ask('owners.set', owners);
    await world.addFlow(random, 'managerThenGroup');
    await world.addFlow(random, random.pick(['all', 'twoThenOwners', 'bob', 'none', 'none']));
    return world;
  }

  readonly id = (person: Person): string => this.integration.people[person].userId;
  get groups(): WorldGroup[] {
    return [this.deploy, this.billing, this.staff, this.reviewers];
  }
  get accessFlow(): TestAccessFlow {
    return this.integration.accessFlow;
  }

  /** @returns the person as the actor of a command */
  actor(person: Person): Actor {
    return { kind: 'person', issuer: 'https://acme.example', subject: person, userId: this.id(person) };
  }

  /** Sends a command as an actor. The actor is read before the call returns. */
  as<T>(actor: Actor, ask: () => Promise<T>): Promise<T> {
    this.accessFlow.actor = actor;
    return ask();
  }

  /** @returns the rows of a statement in which $1 is the integration */
  readonly rows = <Row extends object>(sql: string, ...binds: unknown[]): Promise<Row[]> =>
    this.accessFlow.rows<Row>(sql, [this.integration.id, ...binds]);

  nameOf(id: string): string {
    const names = [
      ...PERSONS.map((person): [string, string] => [this.id(person), person]),
      ...this.groups.map((group): [string, string] => [group.id, group.name]),
    ];
    return new Map(names).get(id) ?? id;
  }

  setIntegration(disabled: boolean): Promise<void> {
    if (disabled && !this.disabled) this.disablements++;
    this.disabled = disabled;
    const { disablements } = this;
    const state = { managerAttribute: 'id', removed: false, disabled, disablements, version: ++this.version };
    return this.integration.publish('integration.updated', this.integration.id, state);
  }

  setManager(person: Person, manager: Person | null): Promise<void> {
    const attributes = manager ? { [MANAGER_VALUE]: this.id(manager) } : {};
    const state = { ...this.integration.people[person], attributes };
    const attributesVersion = ++this.version;
    return this.integration.publish('user.profile.changed', state.userId, { ...state, attributesVersion });
  }

  /** Changes a user in identity. @param lost whether the event does not arrive */
  changeUser(person: Person, change: Partial<UserState>, lost = false): Promise<void> {
    if (this.integration.people[person].deleted) return Promise.resolve();
    const state = this.integration.next(person, change);
    const name = state.deleted ? 'user.deleted' : state.active ? 'user.reactivated' : 'user.deactivated';
    return lost ? Promise.resolve() : this.accessFlow.handleEvent(this.integration.userEvent(state, name));
  }

  /** Deletes, syncs or unsyncs a group in identity. @param lost whether the event does not arrive */
  changeGroup(group: WorldGroup, change: Partial<WorldGroup['state']>, lost = false): Promise<void> {
    const { state } = group;
    if (state.deleted) return Promise.resolve();
    const version = ++this.version;
    const syncVersion = change.synced !== undefined && change.synced !== state.synced ? version : state.syncVersion;
    group.state = { ...state, ...change, syncVersion, version };
    const name = change.deleted ? 'group.deleted' : change.synced ? 'group.synced' : 'group.unsynced';
    return lost ? Promise.resolve() : this.publishGroup(group, name);
  }

  push(group: WorldGroup, changes: Partial<Record<Person, boolean>>): Promise<void> {
    const version = ++this.version;
    group.state = { ...group.state, version };
    const pushed = { ...this.integration.pushed(group.id, version, changes), ...group.state, displayName: group.name };
    return this.integration.publish('group.members.changed', group.id, pushed);
  }

  private publishGroup(
    { id, name, state }: WorldGroup,
    event: 'group.created' | 'group.deleted' | 'group.synced' | 'group.unsynced',
  ) {
    return this.integration.publish(event, id, { groupId: id, displayName: name, ...state });
  }

  private async addFlow(random: Random, steps: keyof typeof STEPS): Promise<void> {
    const settings = randomFlow(this, random, steps);
    const flow = await this.integration.ask('flows.create', { integrationId: this.integration.id, ...settings });
    this.flows.push(flow);
  }

  /** Lets the replacement of identity answer what this world knows. */
  private answerAsIdentity(): void {
    const { identity } = this.accessFlow;
    identity['users.deactivations'] = ({ users }) => {
      const known = new Map(Object.values(this.integration.people).map((state) => [state.userId, state]));
      const states = users.map(({ id }) => known.get(id));
      return {
        changed: users.flatMap(({ id, deactivations }) => {
          const state = known.get(id);
          return state && !state.deleted && state.deactivations > deactivations ? [state] : [];
        }),
        absent: states.flatMap((state) => (state?.deleted ? [state.userId] : [])),
      };
    };
    identity['groups.states'] = ({ groups }) => {
      const known = new Map(this.groups.map((group) => [group.id, group]));
      return {
        changed: groups.flatMap(({ id, syncVersion }): GroupState[] => {
          const group = known.get(id);
          if (!group || group.state.deleted || group.state.syncVersion <= syncVersion) return [];
          return [{ groupId: id, displayName: group.name, externalId: null, ...group.state }];
        }),
        absent: groups.map(({ id }) => id).filter((id) => known.get(id)?.state.deleted),
      };
    };
  }
}

function newGroup(name: string, id = uuidv7()): WorldGroup {
  return { id, name, state: { deleted: false, synced: true, syncVersion: 1, version: 1 } };
}

/** @returns what became of an operation: `done`, or the code of its Refusal. @throws every other error */
export function outcomeOf(result: PromiseSettledResult<unknown>): string {
  if (result.status === 'fulfilled') return 'done';
  if (result.reason instanceof Refusal && result.reason.code !== 'internal') return result.reason.code;
  throw result.reason;
}
