import { Injectable } from '@nestjs/common';
import {
  causeOf,
  type Command,
  type CommandReply,
  DEACTIVATIONS_AT_ONCE,
  fairnessKeyOf,
  isId,
  type Page,
  Refusal,
  type UserRecord,
} from '@tidegate/contracts';
import { columnsOf, Database, In, recordEvents, type Tx } from '@tidegate/database';
import {
  atOnce,
  equalAttributes,
  patchApplication,
  replaceResource,
  type ScimAttributes,
  ScimError,
  timeShare,
} from '@tidegate/scim';
import { v7 as uuidv7 } from 'uuid';
import { expectVersion, oneIntegration, sliceOf, typesOf } from '../common/command.rule.js';
import { createOnce } from '../common/integrations.queries.js';
import { countInBlock, holdBlocks } from '../search/blocks.queries.js';
import { list } from '../search/list.js';
import { recordsThatFit, type Take } from '../search/page-bytes.js';
import { pageByPrefix } from '../search/prefix.queries.js';
import { pageById } from '../search/search.queries.js';
import { DeletedUserEntity } from './deleted-user.entity.js';
import { UserRow } from './user.entity.js';
import {
  deleteUser,
  countUsers,
  findUser,
  groupsOfUsers,
  insertUser,
  lockUser,
  saveDeactivationTime,
  saveUser,
  statesOf,
  userOfCommand,
} from './users.queries.js';
import { eventsOfNew, eventsOfWrite, profileEvent, userEvent } from './user.events.js';
import { hasAny } from './profile.rule.js';
import { checkUserName } from './user-name.rule.js';
import { nameOfChange, newUser, recordOf, stateOf, writeUser } from './users.rule.js';

const USERS = { table: 'identity.users', row: columnsOf(UserRow) } as const;

/** More operations are applied in time slices, because 1,000 of them take 10 ms or more. */
const FEW_OPERATIONS = 20;

type Write = Command<'users.replace'> | Command<'users.patch'>;

/** Commands on users. Each method is one command in one transaction, which also records its events. */
@Injectable()
export class UsersService {
  constructor(private readonly database: Database) {}

  /**
   * Creates a user. A repeated command returns the current state of the user that it created.
   * @throws ScimError uniqueness, notFound (the integration is removed), invalidValue (`checkUserName`)
   */
  create(command: Command<'users.create'>): Promise<UserRecord> {
    const integrationId = oneIntegration(command);
    const content = newUser(command.data.attributes, new Date(command.receivedAt));
    checkUserName(content);
    const user = { ...content, integrationId, id: uuidv7(), commandId: command.commandId };
    return this.database.transaction(command, async (tx) => {
      const { row, repeated } = await createOnce(
        tx,
        integrationId,
        () => this.insert(tx, command, user),
        () => userOfCommand(tx, user),
      );
      return repeated ? this.record(tx, row) : recordOf(row, []);
    });
  }

  /** @throws ScimError notFound */
  get(command: Command<'users.get'>): Promise<UserRecord> {
    return this.database.transaction(command, async (tx) =>
      this.record(
        tx,
        expectFound(await byId(command, (id) => findUser(tx, command.integrationIds, id))),
        command.data.withGroups,
      ),
    );
  }

  /** @throws ScimError invalidFilter, invalidValue (sortBy), invalidCursor, expiredCursor */
  list(command: Command<'users.list'>): Promise<CommandReply<'users.list'>> {
    return list(this.database, command, USERS, typesOf(command).User, this.take(command.data.withGroups));
  }

  /** A page of all users of an integration, or of those that `search` finds, oldest first, without their groups. */
  page(command: Command<'users.page'>): Promise<Page<UserRecord>> {
    const integrationId = oneIntegration(command);
    const slice = sliceOf(command.data);
    const { search } = command.data;
    return this.database.transaction(command, (tx) => {
      const take = this.take(false)(tx);
      return search === undefined
        ? pageById(tx, USERS, integrationId, slice, take)
        : pageByPrefix(tx, USERS, integrationId, { ...slice, prefix: search }, take);
    });
  }

  /** @returns the number of users of an integration, and how many of them are active */
  count(command: Command<'users.count'>): Promise<CommandReply<'users.count'>> {
    const integrationId = oneIntegration(command);
    return this.database.transaction(command, (tx) => countUsers(tx, integrationId));
  }

  /**
   * PUT (RFC 7644 §3.5.1): missing attributes are removed, except `active` and immutable attributes, which are kept.
   * @throws ScimError notFound, preconditionFailed, uniqueness, mutability, invalidValue (`checkUserName`); Refusal
   *   `deadline`
   */
  replace(command: Command<'users.replace'>): Promise<UserRecord> {
    const type = typesOf(command).User;
    return this.write(command, (before) => replaceResource(type, before, command.data.attributes));
  }

  /**
   * PATCH (RFC 7644 §3.5.2).
   * @throws ScimError notFound, preconditionFailed, uniqueness and the errors of `applyPatch`; Refusal `deadline`
   */
  patch(command: Command<'users.patch'>): Promise<UserRecord> {
    const { operations } = command.data;
    return this.write(command, ({ active: _kept, ...attributes }) => {
      // The operations start without `active`, so the result has it only if the operations set it.
      const steps = patchApplication(typesOf(command).User, attributes, operations);
      return operations.length <= FEW_OPERATIONS ? atOnce(steps) : timeShare.run(fairnessKeyOf(command), steps);
    });
  }

  /**
   * Deletes a user and inserts a tombstone. The userName is free for a new user, which gets a new id. A repeated
   * command does nothing.
   * @throws ScimError notFound, preconditionFailed; Refusal `deadline`
   */
  async delete(command: Command<'users.delete'>): Promise<Record<string, never>> {
    const { integrationIds, commandId } = command;
    await this.database.transaction(command, async (tx) => {
      const closedUntil = await holdBlocks(tx, 'users', integrationIds);
      const found = await byId(command, (id) => lockUser(tx, command, id, 'UPDATE'));
      const tombstone = (id: string) =>
        tx.findOne(DeletedUserEntity, { where: { integrationId: In(integrationIds), id, commandId } });
      if (!found && (await byId(command, tombstone))) return;
      const before = expectFound(found);
      expectVersion(command.data.ifMatch, before.version);
      await countInBlock(tx, 'users', before, closedUntil.get(before.integrationId), -1);
      const deleted = { ...before, deactivations: before.deactivations + 1, version: before.version + 1 };
      await deleteUser(tx, deleted, commandId);
      await recordEvents(tx, 'identity', [userEvent('user.deleted', deleted, causeOf(command))]);
    });
    return {};
  }

  /**
   * Finds deactivations that the caller does not have.
   * @returns `changed`, the states of users with a higher counter of deactivations, and `absent`, the ids of unknown
   *   users; a deleted user is known
   * @throws Refusal `invalid` for more than 500 users
   */
  deactivations(command: Command<'users.deactivations'>): Promise<CommandReply<'users.deactivations'>> {
    const { users } = command.data;
    if (users.length > DEACTIVATIONS_AT_ONCE)
      throw new Refusal('invalid', `A command can contain at most ${DEACTIVATIONS_AT_ONCE} users.`);
    const ids = users.map(({ id }) => id).filter(isId);
    return this.database.transaction(command, async (tx) => {
      const rows = await statesOf(tx, command.integrationIds, ids);
      const states = new Map(rows.map((row) => [row.id, stateOf(row, row.deleted)]));
      return {
        changed: users.flatMap(({ id, deactivations }) => {
          const state = states.get(id);
          return state && state.deactivations > deactivations ? [state] : [];
        }),
        absent: users.flatMap(({ id }) => (states.has(id) ? [] : [id])),
      };
    });
  }

  /**
   * Applies a PUT or PATCH. A repeated command returns the current state of the user.
   * @param newAttributes computes the attributes after the write, with `active` only if the write contains it
   */
  private write(
    command: Write,
    newAttributes: (attributes: ScimAttributes) => ScimAttributes | Promise<ScimAttributes>,
  ): Promise<UserRecord> {
    return this.database.transaction(command, async (tx) => {
      const before = expectFound(await byId(command, (id) => lockUser(tx, command, id)));
      if (before.repeated) return this.record(tx, before);
      expectVersion(command.data.ifMatch, before.version);
      const after = writeUser(before, await newAttributes(before.attributes), new Date(command.receivedAt));
      checkUserName(after, before);
      if (equalAttributes(before.attributes, after.attributes)) {
        if (before.deactivatedReceivedAt !== after.deactivatedReceivedAt)
          await saveDeactivationTime(tx, before, after.deactivatedReceivedAt);
        return this.record(tx, before);
      }
      const saved = await saveUser(tx, typesOf(command).User, before, after, command.commandId);
      await recordEvents(tx, 'identity', eventsOfWrite(nameOfChange(before, after), before, saved, causeOf(command)));
      return this.record(tx, saved);
    });
  }

  /**
   * Inserts a user with its events. The marked attributes are read by the same statement. If the user has any of them,
   * a second event with the complete profile is recorded.
   */
  private async insert(
    tx: Tx,
    command: Command<'users.create'>,
    user: Parameters<typeof insertUser>[2],
  ): Promise<UserRow | undefined> {
    const cause = causeOf(command);
    const created = await insertUser(tx, typesOf(command).User, user, eventsOfNew(user, cause));
    if (created?.marks && hasAny(created.attributes, created.marks.names))
      await recordEvents(tx, 'identity', [profileEvent(created, created.marks, cause)]);
    return created;
  }

  private async record(tx: Tx, row: UserRow, withGroups?: boolean): Promise<UserRecord> {
    return (await this.records(tx, [row], withGroups))[0]!;
  }

  /** Converts rows to the records of a page. */
  private take(withGroups?: boolean): (tx: Tx) => Take<UserRow, UserRecord> {
    return (tx) => (rows) => recordsThatFit(rows, { records: (some) => this.records(tx, some, withGroups) });
  }

  private async records(tx: Tx, rows: UserRow[], withGroups = true): Promise<UserRecord[]> {
    const groups = await groupsOfUsers(tx, withGroups ? rows : []);
    return rows.map((row) => recordOf(row, groups.get(row.id) ?? []));
  }
}

/** Reads by the command's id. @returns undefined, without a query, for an invalid id */
async function byId<T>(
  command: Command<'users.get' | 'users.replace' | 'users.patch' | 'users.delete'>,
  read: (id: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  return isId(command.data.id) ? read(command.data.id) : undefined;
}

function expectFound<Row extends UserRow>(row: Row | undefined): Row {
  if (!row) throw new ScimError('notFound', 'No such user.');
  return row;
}
