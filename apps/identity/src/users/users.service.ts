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
import { Database, recordEvents, type Tx } from '@tidegate/database';
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
import { expectVersion, oneIntegration, sliceOf, typesOf } from '../command.rule.js';
import { createOnce } from '../integrations/integrations.queries.js';
import { countInBlock, holdBlocks } from '../search/blocks.queries.js';
import { list } from '../search/list.js';
import { recordsThatFit, type Take } from '../search/page-bytes.js';
import { pageById } from '../search/search.queries.js';
import { USER_ROW, type UserRow } from './user.row.js';
import {
  buryUser,
  countUsers,
  findUser,
  groupsOfUsers,
  insertUser,
  isUserDeletedBy,
  lockUser,
  moveDeactivation,
  saveUser,
  statesOf,
  userOfCommand,
} from './users.queries.js';
import { eventsOfNew, eventsOfWrite, profileEvent, userEvent } from './user-events.js';
import { hasAny } from './profile.rule.js';
import { checkUserName } from './user-name.rule.js';
import { contentOf, nameOfChange, newUser, recordOf, stateOf, writeUser } from './users.rule.js';

const USERS = { table: 'identity.users', row: USER_ROW } as const;

/** More are applied in slices: a thousand of them take 10 ms and more. */
const FEW_OPERATIONS = 20;

type Write = Command<'users.replace'> | Command<'users.patch'>;

/** The record of users: each method is one command in one transaction, which also holds the events it tells. */
@Injectable()
export class UsersService {
  constructor(private readonly database: Database) {}

  /**
   * A repeat of the command answers with the user that it made, as that user is now.
   * @throws ScimError uniqueness, notFound (the integration is removed), invalidValue as `checkUserName`
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
        known(await byId(command, (id) => findUser(tx, command.integrationIds, id))),
        command.data.withGroups,
      ),
    );
  }

  /** @throws ScimError invalidFilter, invalidValue (sortBy), invalidCursor, expiredCursor */
  list(command: Command<'users.list'>): Promise<CommandReply<'users.list'>> {
    return list(this.database, command, USERS, typesOf(command).User, this.take(command.data.withGroups));
  }

  /** All users of an integration, oldest first, without their groups. */
  page(command: Command<'users.page'>): Promise<Page<UserRecord>> {
    const integrationId = oneIntegration(command);
    const slice = sliceOf(command.data);
    return this.database.transaction(command, (tx) => pageById(tx, USERS, integrationId, slice, this.take(false)(tx)));
  }

  /** How many users an integration has, and how many of them are active. */
  count(command: Command<'users.count'>): Promise<CommandReply<'users.count'>> {
    const integrationId = oneIntegration(command);
    return this.database.transaction(command, (tx) => countUsers(tx, integrationId));
  }

  /**
   * PUT (RFC 7644 §3.5.1): what is left out is removed, but for `active` and what is immutable, which are kept.
   * @throws ScimError notFound, preconditionFailed, uniqueness, mutability, invalidValue as `checkUserName`; Refusal `deadline`
   */
  replace(command: Command<'users.replace'>): Promise<UserRecord> {
    const type = typesOf(command).User;
    return this.write(command, (before) => replaceResource(type, before, command.data.attributes));
  }

  /** @throws ScimError notFound, preconditionFailed, uniqueness and what `applyPatch` throws; Refusal `deadline` */
  patch(command: Command<'users.patch'>): Promise<UserRecord> {
    const { operations } = command.data;
    return this.write(command, ({ active: _kept, ...attributes }) => {
      // Without the status in hand, whatever status comes out is what the operations say.
      const steps = patchApplication(typesOf(command).User, attributes, operations);
      return operations.length <= FEW_OPERATIONS ? atOnce(steps) : timeShare.run(fairnessKeyOf(command), steps);
    });
  }

  /**
   * Leaves a tombstone; the same userName is a new user with a new id later. A repeat of the command does nothing.
   * @throws ScimError notFound, preconditionFailed; Refusal `deadline`
   */
  async delete(command: Command<'users.delete'>): Promise<Record<string, never>> {
    await this.database.transaction(command, async (tx) => {
      const closedUntil = await holdBlocks(tx, 'users', command.integrationIds);
      const found = await byId(command, (id) => lockUser(tx, command, id, 'UPDATE'));
      if (!found && (await byId(command, (id) => isUserDeletedBy(tx, command, id)))) return;
      const before = known(found);
      expectVersion(command.data.ifMatch, before.version);
      await countInBlock(tx, 'users', before, closedUntil.get(before.integration_id), -1);
      const gone = { ...before, deactivations: before.deactivations + 1, version: before.version + 1 };
      await buryUser(tx, gone, command.commandId);
      await recordEvents(tx, 'identity', [userEvent('user.deleted', gone, causeOf(command))]);
    });
    return {};
  }

  /**
   * Which of the users were deactivated or deleted more often than the asker knows, and which do not exist at all.
   * @throws Refusal `invalid` for more than 500 users
   */
  deactivations(command: Command<'users.deactivations'>): Promise<CommandReply<'users.deactivations'>> {
    const { users } = command.data;
    if (users.length > DEACTIVATIONS_AT_ONCE)
      throw new Refusal('invalid', `At most ${DEACTIVATIONS_AT_ONCE} users can be asked for at once.`);
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
   * A repeat of a command that changed the user answers with the user as it is now.
   * @param said gives the attributes as the write leaves them, with `active` only when the write says it
   */
  private write(
    command: Write,
    said: (attributes: ScimAttributes) => ScimAttributes | Promise<ScimAttributes>,
  ): Promise<UserRecord> {
    return this.database.transaction(command, async (tx) => {
      const row = known(await byId(command, (id) => lockUser(tx, command, id)));
      if (row.repeated) return this.record(tx, row);
      expectVersion(command.data.ifMatch, row.version);
      const before = contentOf(row);
      const after = writeUser(before, await said(before.attributes), new Date(command.receivedAt));
      checkUserName(after, before);
      if (equalAttributes(before.attributes, after.attributes)) {
        if (before.deactivatedReceivedAt !== after.deactivatedReceivedAt)
          await moveDeactivation(tx, row, after.deactivatedReceivedAt);
        return this.record(tx, row);
      }
      const saved = await saveUser(tx, typesOf(command).User, row, after, command.commandId);
      await recordEvents(tx, 'identity', eventsOfWrite(nameOfChange(before, after), row, saved, causeOf(command)));
      return this.record(tx, saved);
    });
  }

  /** Writes a user with its events. Marked attributes are known only afterwards: few integrations have any. */
  private async insert(
    tx: Tx,
    command: Command<'users.create'>,
    user: Parameters<typeof insertUser>[2],
  ): Promise<UserRow | undefined> {
    const cause = causeOf(command);
    const made = await insertUser(tx, typesOf(command).User, user, eventsOfNew(user, cause));
    if (made?.marks && hasAny(made.attributes, made.marks.names))
      await recordEvents(tx, 'identity', [profileEvent(made, made.marks, cause)]);
    return made;
  }

  private async record(tx: Tx, row: UserRow, withGroups?: boolean): Promise<UserRecord> {
    return (await this.records(tx, [row], withGroups))[0]!;
  }

  /** The records of a page. */
  private take(withGroups?: boolean): (tx: Tx) => Take<UserRow, UserRecord> {
    return (tx) => (rows) => recordsThatFit(rows, { records: (some) => this.records(tx, some, withGroups) });
  }

  private async records(tx: Tx, rows: UserRow[], withGroups = true): Promise<UserRecord[]> {
    const groups = await groupsOfUsers(tx, withGroups ? rows : []);
    return rows.map((row) => recordOf(row, groups.get(row.id) ?? []));
  }
}

/** What is asked about the command's id; an id that cannot be one is asked of nobody. */
async function byId<T>(
  command: Command<'users.get' | 'users.replace' | 'users.patch' | 'users.delete'>,
  read: (id: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  return isId(command.data.id) ? read(command.data.id) : undefined;
}

function known<Row extends UserRow>(row: Row | undefined): Row {
  if (!row) throw new ScimError('notFound', 'No such user.');
  return row;
}
