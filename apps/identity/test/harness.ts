import {
  type Command,
  type CommandContext,
  type CommandData,
  type CommandName,
  type Event,
  type GroupMembersChanged,
  type IfMatch,
  type UserRecord,
} from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { parsePatch, parseResource, GROUP, USER } from '@tidegate/scim';
import { freshDatabase, TEST_ACTOR } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { GroupsService } from '../src/groups/groups.service.js';
import { IntegrationsService } from '../src/integrations/integrations.service.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { SyncLists } from '../src/sync/sync-list.service.js';
import { ProfilePasses } from '../src/users/profile-passes.service.js';
import { UsersService } from '../src/users/users.service.js';

/** What a test says of a command beyond its data; the rest of the envelope is made up. */
export type Envelope = Partial<
  Pick<Command, 'commandId' | 'integrationIds' | 'receivedAt' | 'deadlineAt'> & Omit<CommandContext, 'actor'>
>;

/** The same of a write, which may be held to a version. */
type Write = Envelope & { ifMatch?: IfMatch };

/** Any time within which every test is over. */
const LATER = 300_000;

const POOL_SIZE = 8;

/** What the URLs of resources begin with. */
export const BASE_URL = 'https://tidegate.example.com/scim/v2/acme';

/** Identity's services on a database of their own; what they tell stays in the outbox to be looked at. */
export async function openDirectory() {
  const fresh = await freshDatabase();
  const database = await Database.open({
    url: fresh.url,
    schema: 'identity',
    migrations: MIGRATIONS,
    poolSize: POOL_SIZE,
  });
  const users = new UsersService(database);
  const groups = new GroupsService(database);
  const syncLists = new SyncLists(database);
  const profiles = new ProfilePasses(database);
  return {
    url: fresh.url,
    database,
    users,
    groups,
    integrations: new IntegrationsService(database, syncLists, profiles),
    syncLists,
    profiles,
    /** The directory as one integration's commands find it. */
    tenant: (integrationId = uuidv7()) => new Tenant(integrationId, database, users, groups),
    async close() {
      await database.close();
      await fresh.drop();
    },
  };
}
export type Directory = Awaited<ReturnType<typeof openDirectory>>;

/** Sends commands for one integration, with bodies as SCIM has them. */
export class Tenant {
  constructor(
    readonly integrationId: string,
    private readonly database: Database,
    readonly users: UsersService,
    readonly groups: GroupsService,
  ) {}

  command<N extends CommandName>(
    name: N,
    data: CommandData<N>,
    { scim, groupsToSync, ...envelope }: Envelope = {},
  ): Command<N> {
    return {
      commandId: uuidv7(),
      name,
      integrationIds: [this.integrationId],
      receivedAt: new Date().toISOString(),
      deadlineAt: Date.now() + LATER,
      requestId: 'test',
      urgent: false,
      context: { actor: TEST_ACTOR, ...(scim ? { scim } : {}), ...(groupsToSync ? { groupsToSync } : {}) },
      data,
      ...envelope,
    };
  }

  createUser(body: object, envelope?: Envelope) {
    return this.users.create(this.command('users.create', { attributes: parseResource(USER, body) }, envelope));
  }

  /** Many users, named `user0`, `user1`, …; as many at once as there are connections, so that none waits long for one. */
  async createUsers(count: number): Promise<UserRecord[]> {
    const made: UserRecord[] = [];
    while (made.length < count) {
      const next = Array.from({ length: Math.min(POOL_SIZE, count - made.length) }, (_, i) => made.length + i);
      made.push(...(await Promise.all(next.map((i) => this.createUser({ userName: `user${i}` })))));
    }
    return made;
  }

  getUser(id: string, withGroups?: boolean) {
    return this.users.get(this.command('users.get', { id, withGroups }));
  }

  putUser(id: string, body: object, { ifMatch, ...envelope }: Write = {}) {
    const attributes = parseResource(USER, body);
    return this.users.replace(this.command('users.replace', { id, attributes, ifMatch }, envelope));
  }

  patchUser(id: string, operations: object[], { ifMatch, ...envelope }: Write = {}) {
    const parsed = parsePatch({ Operations: operations });
    return this.users.patch(this.command('users.patch', { id, operations: parsed, ifMatch }, envelope));
  }

  deleteUser(id: string, { ifMatch, ...envelope }: Write = {}) {
    return this.users.delete(this.command('users.delete', { id, ifMatch }, envelope));
  }

  findUsers(filter?: string, { startIndex = 1, count = 100 } = {}) {
    return this.users.list(
      this.command('users.list', { baseUrl: BASE_URL, startIndex, count, ...(filter === undefined ? {} : { filter }) }),
    );
  }

  deactivations(asked: { id: string; deactivations: number }[]) {
    return this.users.deactivations(this.command('users.deactivations', { users: asked }));
  }

  createGroup(body: object, envelope?: Envelope) {
    return this.groups.create(this.command('groups.create', { attributes: parseResource(GROUP, body) }, envelope));
  }

  getGroup(id: string, withMembers = true) {
    return this.groups.get(this.command('groups.get', { id, withMembers }));
  }

  putGroup(id: string, body: object, { ifMatch, ...envelope }: Write = {}) {
    const attributes = parseResource(GROUP, body);
    return this.groups.replace(this.command('groups.replace', { id, attributes, ifMatch }, envelope));
  }

  patchGroup(id: string, operations: object[], { ifMatch, ...envelope }: Write = {}) {
    const parsed = parsePatch({ Operations: operations });
    return this.groups.patch(this.command('groups.patch', { id, operations: parsed, ifMatch }, envelope));
  }

  deleteGroup(id: string, { ifMatch, ...envelope }: Write = {}) {
    return this.groups.delete(this.command('groups.delete', { id, ifMatch }, envelope));
  }

  findGroups(filter?: string, withMembers = false) {
    const query = {
      baseUrl: BASE_URL,
      startIndex: 1,
      count: 100,
      withMembers,
      ...(filter === undefined ? {} : { filter }),
    };
    return this.groups.list(this.command('groups.list', query));
  }

  /** The ids of a group's members, all of them, as the paged command tells them. */
  async memberIds(id: string, limit = 1_000, from: string | null = ''): Promise<string[]> {
    const ids: string[] = [];
    for (let after = from; after !== null;) {
      const page: { items: { id: string }[]; nextMember: string | null } = await this.groups.members(
        this.command('groups.members', { id, after, limit }),
      );
      ids.push(...page.items.map(({ id }) => id));
      after = page.nextMember;
    }
    return ids;
  }

  /** The events published for this integration since they were last asked for, in order; profiles apart. */
  async told(): Promise<Event[]> {
    return this.published(`name <> 'user.profile.changed'`);
  }

  /** The profiles published for this integration since they were last asked for, in order. */
  async toldProfiles(): Promise<Event<'user.profile.changed'>[]> {
    return (await this.published(`name = 'user.profile.changed'`)) as Event<'user.profile.changed'>[];
  }

  private published(condition: string): Promise<Event[]> {
    return this.database.unscoped((tx) =>
      tx.rows<Event>(
        `WITH gone AS (DELETE FROM identity.outbox WHERE integration_id = $1 AND ${condition} RETURNING *)
         SELECT id, name, integration_id AS "integrationId", subject, version::int AS version, time,
           request_id AS "requestId", data FROM gone ORDER BY id`,
        [this.integrationId],
      ),
    );
  }

  /** Raw SQL as the service's role, seeing what this integration's commands see. */
  sql<Row extends object>(statement: string, binds: (string | string[])[] = []): Promise<Row[]> {
    return this.inside((tx) => tx.rows<Row>(statement, binds));
  }

  inside<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [this.integrationId] }, work);
  }
}

/** `{value}` entries of the given users and groups, as Okta sends members. */
export const members = (...users: { id: string }[]) => users.map(({ id }) => ({ value: id }));

/** What the events say of members: `+id` came, `-id` went. */
export const differences = (events: Event[]) =>
  events
    .flatMap(({ data }) => {
      const { changes = [], groupChanges = [] } = data as Partial<GroupMembersChanged>;
      return [
        ...changes.map(({ userId, present }) => ({ id: userId, present })),
        ...groupChanges.map(({ groupId, present }) => ({ id: groupId, present })),
      ];
    })
    .map(({ id, present }) => `${present ? '+' : '-'}${id}`)
    .sort();

/** Operations of a PATCH of a group's members. */
export const add = (...them: { id: string }[]) => ({ op: 'add', path: 'members', value: members(...them) });
export const remove = (one: { id: string }) => ({ op: 'remove', path: `members[value eq "${one.id}"]` });
export const replace = (...them: { id: string }[]) => ({ op: 'replace', path: 'members', value: members(...them) });

/** The refusal's code, or what else was thrown. */
export const refusedWith = (code: string): unknown => expect.objectContaining({ code });
