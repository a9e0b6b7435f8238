import { Injectable } from '@nestjs/common';
import {
  BEFORE_ALL,
  causeOf,
  type Command,
  type CommandReply,
  type GroupRecord,
  isId,
  type Page,
} from '@tidegate/contracts';
import { columnsOf, Database, In, recordEvents, type Tx } from '@tidegate/database';
import {
  applyPatch,
  equalAttributes,
  foldCase,
  groupChanges,
  type MemberChange,
  replaceResource,
  type ScimAttributes,
  ScimError,
  tolerates,
} from '@tidegate/scim';
import { v7 as uuidv7 } from 'uuid';
import { clamp, cursorId, expectVersion, oneIntegration, sliceOf, typesOf } from '../common/command.rule.js';
import { createOnce } from '../common/integrations.queries.js';
import { countInBlock, holdBlocks } from '../search/blocks.queries.js';
import { list } from '../search/list.js';
import { recordsThatFit, type Take } from '../search/page-bytes.js';
import { pageByPrefix } from '../search/prefix.queries.js';
import { pageById } from '../search/search.queries.js';
import { DeletedGroupEntity } from './deleted-group.entity.js';
import { GroupRow } from './group.entity.js';
import {
  deleteGroup,
  expectUniqueName,
  findGroup,
  groupOfCommand,
  insertGroup,
  lockGroup,
  saveGroup,
} from './groups.queries.js';
import { eventsOf } from './group.events.js';
import { expectEffect, memberPage, namesOf, recordOf, SHOWN_MEMBERS, splitMembers, stateOf } from './groups.rule.js';
import { applyMemberChanges } from './member-changes.js';
import { hasMoreMembers, membersOf } from './members.queries.js';

const GROUPS = { table: 'identity.groups', row: columnsOf(GroupRow) } as const;
const MAX_MEMBERS = 5_000;

/** A command about one group. */
type About = Command & { data: { id: string } };

/** Commands on groups. Each method is one command in one transaction, which also records its events. */
@Injectable()
export class GroupsService {
  constructor(private readonly database: Database) {}

  /**
   * Creates a group as version 1. Its members, if any, are version 2, because each version has one event.
   * A repeated command returns the current state of the group that it created.
   * @throws ScimError notFound (the integration is removed), invalidValue (members), uniqueness (if the dialect requires it)
   */
  create(command: Command<'groups.create'>): Promise<GroupRecord> {
    const integrationId = oneIntegration(command);
    const id = uuidv7();
    const { attributes, ids } = splitMembers(command.data.attributes);
    const { displayName, externalId } = namesOf(attributes);
    const { commandId } = command;
    const state = stateOf({ id, displayName, externalId, synced: true, syncVersion: 1, version: 1 });
    const syncList = (command.context.groupsToSync ?? []).map(foldCase);
    return this.database.transaction(command, async (tx) => {
      if (hasUniqueNames(command)) await expectUniqueName(tx, { integrationId, id, commandId, attributes });
      const { row, repeated } = await createOnce(
        tx,
        integrationId,
        () =>
          insertGroup(
            tx,
            typesOf(command).Group,
            { integrationId, id, commandId, attributes, syncList },
            { name: 'group.created', integrationId, subject: id, version: 1, ...causeOf(command), data: state },
          ),
        () => groupOfCommand(tx, integrationId, commandId),
      );
      if (repeated) return this.writeReply(tx, row);
      return this.save(tx, command, row, attributes, [{ kind: 'add', ids }]);
    });
  }

  /** @throws ScimError notFound */
  get(command: Command<'groups.get'>): Promise<GroupRecord> {
    return this.database.transaction(command, async (tx) =>
      this.record(
        tx,
        expectFound(await byId(command, (id) => findGroup(tx, command.integrationIds, id))),
        command.data.withMembers,
      ),
    );
  }

  /** @throws ScimError invalidFilter, invalidValue (sortBy), invalidCursor, expiredCursor */
  list(command: Command<'groups.list'>): Promise<CommandReply<'groups.list'>> {
    return list(this.database, command, GROUPS, typesOf(command).Group, this.take(command.data.withMembers));
  }

  /**
   * A page of all groups of an integration, of the synced or of the other ones, or of those that `search` finds, oldest
   * first, without members.
   */
  page(command: Command<'groups.page'>): Promise<Page<GroupRecord>> {
    const integrationId = oneIntegration(command);
    const slice = sliceOf(command.data);
    const { synced, search } = command.data;
    const only = synced === undefined ? 'true' : synced ? 'synced' : 'NOT synced';
    return this.database.transaction(command, (tx) => {
      const take = this.take(false)(tx);
      return search === undefined
        ? pageById(tx, GROUPS, integrationId, slice, take, only)
        : pageByPrefix(tx, GROUPS, integrationId, { ...slice, prefix: search }, take, only);
    });
  }

  /**
   * A page of the members of a group, users and groups ordered by id, including inactive users.
   * @throws ScimError notFound; Refusal `invalid` for an invalid cursor
   */
  members(command: Command<'groups.members'>): Promise<CommandReply<'groups.members'>> {
    const after = cursorId(command.data.after);
    const limit = clamp(command.data.limit, 1, MAX_MEMBERS);
    return this.database.transaction(command, async (tx) => {
      const group = expectFound(await byId(command, (id) => findGroup(tx, command.integrationIds, id)));
      const members = await membersOf(tx, [group], after, limit + 1);
      return memberPage(members.get(group.id) ?? [], limit);
    });
  }

  /**
   * PUT (RFC 7644 §3.5.1): missing attributes and members are removed. Only the difference is written and published.
   * @throws ScimError notFound, preconditionFailed, mutability, invalidValue (members), uniqueness (if the dialect requires
   * it); Refusal `deadline`
   */
  replace(command: Command<'groups.replace'>): Promise<GroupRecord> {
    const { attributes, ids } = splitMembers(command.data.attributes);
    const type = typesOf(command).Group;
    return this.write(command, (before) => replaceResource(type, before, attributes), [{ kind: 'replace', ids }]);
  }

  /** PATCH (RFC 7644 §3.5.2). @throws the errors of `replace`, `groupChanges` and `applyPatch` */
  patch(command: Command<'groups.patch'>): Promise<GroupRecord> {
    const type = typesOf(command).Group;
    const { attributeOperations, members } = groupChanges(type, command.data.operations);
    const changes = [...(command.data.members ?? []), ...members];
    return this.write(command, (attributes) => applyPatch(type, attributes, attributeOperations), changes);
  }

  /**
   * Deletes a group. Its members stay. Groups that it was a member of keep their version: `group.deleted` implies that
   * the group has no memberships. The event is also published for a group that is no longer synced, because events
   * about it were published before. A repeated command does nothing.
   * @throws ScimError notFound, preconditionFailed; Refusal `deadline`
   */
  async delete(command: Command<'groups.delete'>): Promise<Record<string, never>> {
    const { integrationIds, commandId } = command;
    await this.database.transaction(command, async (tx) => {
      const closedUntil = await holdBlocks(tx, 'groups', integrationIds);
      const found = await byId(command, (id) => lockGroup(tx, command, id, 'UPDATE'));
      const tombstone = (id: string) =>
        tx.findOne(DeletedGroupEntity, { where: { integrationId: In(integrationIds), id, commandId } });
      if (!found && (await byId(command, tombstone))) return;
      const before = expectFound(found);
      expectVersion(command.data.ifMatch, before.version);
      await countInBlock(tx, 'groups', before, closedUntil.get(before.integrationId), -1);
      await deleteGroup(tx, before, commandId);
      if (before.syncVersion === 0) return;
      const { integrationId, id: subject } = before;
      const version = before.version + 1;
      const data = stateOf({ ...before, version }, true);
      await recordEvents(tx, 'identity', [
        { name: 'group.deleted', integrationId, subject, version, ...causeOf(command), data },
      ]);
    });
    return {};
  }

  /**
   * Applies a PUT or PATCH. A repeated command returns the current state of the group.
   * @param newAttributes computes the attributes after the write from those before it
   * @param changes the member changes of the write, in order
   */
  private write(
    command: Command<'groups.replace'> | Command<'groups.patch'>,
    newAttributes: (attributes: ScimAttributes) => ScimAttributes,
    changes: readonly MemberChange[],
  ): Promise<GroupRecord> {
    return this.database.transaction(command, async (tx) => {
      const before = expectFound(await byId(command, (id) => lockGroup(tx, command, id)));
      if (before.repeated) return this.writeReply(tx, before);
      expectVersion(command.data.ifMatch, before.version);
      return this.save(tx, command, before, newAttributes(before.attributes), changes);
    });
  }

  /**
   * Writes the actual changes as one new version and, if the group is synced, records their events. Does nothing
   * without an actual change.
   */
  private async save(
    tx: Tx,
    command: Command,
    before: GroupRow,
    attributes: ScimAttributes,
    changes: readonly MemberChange[],
  ): Promise<GroupRecord> {
    const { steps, ...effect } = await applyMemberChanges(tx, before, changes);
    expectEffect(typesOf(command).Group.dialect, steps, effect);
    const { changed } = effect;
    if (changed.length === 0 && equalAttributes(before.attributes, attributes)) return this.writeReply(tx, before);
    const { integrationId, id } = before;
    const { commandId } = command;
    if (hasUniqueNames(command) && namesOf(before.attributes).displayNameKey !== namesOf(attributes).displayNameKey)
      await expectUniqueName(tx, { integrationId, id, commandId, attributes });
    const saved = await saveGroup(tx, typesOf(command).Group, before, attributes, commandId);
    const events = saved.synced ? eventsOf(saved, changed, causeOf(command)) : [];
    for (const batch of events) await recordEvents(tx, 'identity', batch);
    return this.writeReply(tx, saved);
  }

  /**
   * The reply to a write. A group with many members is returned without members and with a cursor to the first page, so
   * that a change of one member does not read hundreds of others.
   */
  private async writeReply(tx: Tx, row: GroupRow): Promise<GroupRecord> {
    if (await hasMoreMembers(tx, row, SHOWN_MEMBERS)) return recordOf(row, [], BEFORE_ALL);
    return this.record(tx, row, true);
  }

  private async record(tx: Tx, row: GroupRow, withMembers: boolean): Promise<GroupRecord> {
    return (await this.records(tx, [row], withMembers))[0]!;
  }

  /** Converts rows to the records of a page. Members that do not fit on it can be read with `groups.members`. */
  private take(withMembers: boolean): (tx: Tx) => Take<GroupRow, GroupRecord> {
    return (tx) => (rows) =>
      recordsThatFit(rows, {
        records: (some, short) =>
          withMembers && short
            ? Promise.resolve(some.map((row) => recordOf(row, [], BEFORE_ALL)))
            : this.records(tx, some, withMembers),
        shorten: (group) => (group.members.length > 0 ? { ...group, members: [], nextMember: BEFORE_ALL } : group),
      });
  }

  private async records(tx: Tx, rows: GroupRow[], withMembers: boolean): Promise<GroupRecord[]> {
    const members = withMembers ? await membersOf(tx, rows, BEFORE_ALL, SHOWN_MEMBERS + 1) : new Map<string, never[]>();
    return rows.map((row) => {
      const { items, nextMember } = memberPage(members.get(row.id) ?? [], SHOWN_MEMBERS);
      return recordOf(row, items, nextMember);
    });
  }
}

const hasUniqueNames = (command: Command): boolean => tolerates(typesOf(command).Group.dialect, 'groupNamesUnique');

/** Reads by the command's id. @returns undefined, without a query, for an invalid id */
async function byId<T>(command: About, read: (id: string) => Promise<T | undefined>): Promise<T | undefined> {
  return isId(command.data.id) ? read(command.data.id) : undefined;
}

function expectFound<Row extends GroupRow>(row: Row | undefined): Row {
  if (!row) throw new ScimError('notFound', 'No such group.');
  return row;
}
