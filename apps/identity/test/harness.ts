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
import { ENTITIES } from '../src/entities.js';
import { GroupsService } from '../src/groups/groups.service.js';
import { IntegrationsService } from '../src/integrations/integrations.service.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { SyncLists } from '../src/sync/sync-list.service.js';
import { ProfilePasses } from '../src/users/profile-passes.service.js';
import { UsersService } from '../src/users/users.service.js';

/** The fields of a command that a test can set, besides its data. The others have default values. */
export type Envelope = Partial<
  Pick<Command, 'commandId' | 'integrationIds' | 'receivedAt' | 'deadlineAt'> & Omit<CommandContext, 'actor'>
>;

/** The same for a write, which can have an If-Match condition. */
type Write = Envelope & { ifMatch?: IfMatch };

/** The deadline of commands in milliseconds, longer than any test. */
const DEADLINE_MS = 300_000;

const POOL_SIZE = 8;

/** The prefix of the URLs of resources. */
export const BASE_URL = 'https://tidegate.example.com/scim/v2/acme';

/** The services of identity with their own database. Their events stay in the outbox, where tests read them. */
export async function openDirectory() {
  const fresh = await freshDatabase();
  const database = await Database.open({
    url: fresh.url,
    schema: 'identity',
    migrations: MIGRATIONS,
    entities: ENTITIES,
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
    /** Access to the directory of one integration, a new one by default. */
    tenant: (integrationId = uuidv7()) => new Tenant(integrationId, database, users, groups),
    async close() {
      await database.close();
      await fresh.drop();
    },
  };
}
export type Directory = Awaited<ReturnType<typeof openDirectory>>;

/** Sends commands for one integration. Bodies are SCIM bodies. */
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
      deadlineAt: Date.now() + DEADLINE_MS,
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

  /** Creates users `user0`, `user1`, …, as many at a time as there are connections, so that none waits long for one. */
  async createUsers(count: number): Promise<UserRecord[]> {
    const created: UserRecord[] = [];
    while (created.length < count) {
      const next = Array.from({ length: Math.min(POOL_SIZE, count - created.length) }, (_, i) => created.length + i);
      created.push(...(await Promise.all(next.map((i) => this.createUser({ userName: `user${i}` })))));
    }
    return created;
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

  deactivations(users: { id: string; deactivations: number }[]) {
    return this.users.deactivations(this.command('users.deactivations', { users }));
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

  /** The ids of all members of a group, in the order of the pages of `groups.members`. */
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

  /** The events of this integration since the last call, in order, without profiles. Removes them from the outbox. */
  async takeEvents(): Promise<Event[]> {
    return this.takeFromOutbox(`name <> 'user.profile.changed'`);
  }

  /** The profile events of this integration since the last call, in order. Removes them from the outbox. */
  async takeProfileEvents(): Promise<Event<'user.profile.changed'>[]> {
    return (await this.takeFromOutbox(`name = 'user.profile.changed'`)) as Event<'user.profile.changed'>[];
  }

  private takeFromOutbox(condition: string): Promise<Event[]> {
    return this.database.unscoped((tx) =>
      tx.rows<Event>(
        `WITH taken AS (DELETE FROM identity.outbox WHERE integration_id = $1 AND ${condition} RETURNING *)
         SELECT id, name, integration_id AS "integrationId", subject, version, time,
           request_id AS "requestId", data FROM taken ORDER BY id`,
        [this.integrationId],
      ),
    );
  }

  /** Runs SQL as the role of the service, in a transaction of this integration. */
  sql<Row extends object>(statement: string, binds: (string | string[])[] = []): Promise<Row[]> {
    return this.inTransaction((tx) => tx.rows<Row>(statement, binds));
  }

  inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [this.integrationId] }, work);
  }
}

/** `{value}` entries for users and groups, as Okta sends members. */
export const members = (...users: { id: string }[]) => users.map(({ id }) => ({ value: id }));

/** The member changes in events, sorted: `+id` for an added member, `-id` for a removed one. */
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
export const add = (...users: { id: string }[]) => ({ op: 'add', path: 'members', value: members(...users) });
export const remove = (user: { id: string }) => ({ op: 'remove', path: `members[value eq "${user.id}"]` });
export const replace = (...users: { id: string }[]) => ({ op: 'replace', path: 'members', value: members(...users) });

/** Matches a refusal with the code. */
export const refusedWith = (code: string): unknown => expect.objectContaining({ code });
