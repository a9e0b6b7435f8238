import {
  causeOf,
  type Command,
  COMMENT_LIMITS,
  type Member,
  Refusal,
  type RequestReply,
  type Timeline,
  type TimelineEntry,
} from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { isUser, personOf } from '../common/acting-person.rule.js';
import { requireFound } from '../common/require-found.js';
import { Writes } from '../common/writes.service.js';
import { readNames } from '../directory/names.queries.js';
import { findGrant } from '../grants/named-grants.queries.js';
import { openApprovers } from './approvers.queries.js';
import { grantTimes, withoutEntries } from './grant-times.js';
import { findRequest } from './named-requests.queries.js';
import { notify, recipientsOf } from './notify.js';
import { lockRequest } from './requests.queries.js';
import { addEntries, countComments, lastEntries } from './timeline.queries.js';
import { entryIds, type StoredEntry, timelineEntry } from './timeline.rule.js';

const { perRequest, timeline: LONGEST } = COMMENT_LIMITS;

/** The timelines of requests, and comments on them. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
  ) {}

  /**
   * @returns what happened to a request and to the grant that it led to, in order, at most the last `COMMENT_LIMITS.timeline`
   * entries. Members see the names that the request shows them, and those of the users who commented.
   * @throws Refusal `missing`
   */
  timeline(command: Command<'requests.timeline'>): Promise<Timeline> {
    const { id, visibleTo = [] } = command.data;
    return this.database.transaction(command, async (tx) => {
      const request = requireFound(await findRequest(tx, command.integrationIds, id, visibleTo), 'request');
      const entries = await storedEntries(tx, request);
      const shown = isMember(request, visibleTo) ? shownTo(request, entries) : undefined;
      const ids = entries.flatMap(entryIds);
      const actors = entries.map(({ actor }) => personOf(actor)?.userId);
      const names = await readNames(tx, request.integrationId, [...ids, ...actors], ids);
      const naming = { names, shows: (of: string) => shown?.has(of) ?? true };
      return { items: entries.map((entry) => timelineEntry(entry, naming)) };
    });
  }

  /**
   * Adds a comment to a request, in any status, and notifies the user who gets access and the approvers who can decide,
   * except for the author.
   * @throws Refusal `missing`; `conflict` for more than `COMMENT_LIMITS.perRequest` comments
   */
  comment(command: Command<'requests.comment'>): Promise<TimelineEntry> {
    const { id, text, visibleTo } = command.data;
    const { actor } = command.context;
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const found = requireFound(await findRequest(tx, command.integrationIds, id, visibleTo), 'request');
        const { integrationId } = found;
        const request = requireFound(await lockRequest(tx, integrationId, id), 'request');
        const { count, now } = await countComments(tx, integrationId, id);
        if (count >= perRequest)
          throw new Refusal('conflict', `This request has ${perRequest} comments, the most that are possible.`);
        await addEntries(tx, actor, [{ request, kind: 'commented', data: { text } }]);
        const approvers = recipientsOf(await openApprovers(tx, integrationId, id));
        const others = approvers.filter((each) => each.id !== request.userId);
        const recipients = [{ kind: 'user' as const, id: request.userId }, ...others].filter(
          (each) => each.id === null || !isUser(actor, each.id),
        );
        await notify(tx, [{ request, reason: 'commented', recipients }], causeOf(command));
        return { at: now.toISOString(), integrationId };
      },
      async (tx, _, { at, integrationId }: { at: string; integrationId: string }) => {
        const names = await readNames(tx, integrationId, [personOf(actor)?.userId], []);
        return timelineEntry(
          { at: new Date(at), kind: 'commented', actor, data: { text } },
          { names, shows: () => true },
        );
      },
    );
  }
}

async function storedEntries(tx: Tx, request: RequestReply): Promise<StoredEntry[]> {
  const { integrationId, id, kind, grantId } = request;
  const rows = await lastEntries(tx, integrationId, id, LONGEST);
  const stored = rows.map((row) => ({
    at: row.createdAt,
    kind: row.kind,
    actor: row.actor,
    data: row.data,
  }));
  const isComplete = rows.length === LONGEST || rows.some((row) => row.kind === 'created');
  const grant = kind === 'access' && grantId ? await findGrant(tx, [integrationId], grantId) : undefined;
  const all = [...(isComplete ? [] : withoutEntries(request)), ...stored, ...grantTimes(grant)];
  return all.sort((one, other) => one.at.getTime() - other.at.getTime()).slice(-LONGEST);
}

const isMember = ({ integrationId }: RequestReply, visibleTo: readonly Member[]) =>
  visibleTo.some((member) => member.integrationId === integrationId);

/** @returns the ids of the users and groups that the request names, and of the users who commented */
function shownTo(request: RequestReply, entries: readonly StoredEntry[]): ReadonlySet<string> {
  const { userId, groupId, requestedBy, reviews, steps } = request;
  const commented = entries.flatMap(({ kind, actor }) => (kind === 'commented' ? [personOf(actor)?.userId] : []));
  const reviewers = reviews.flatMap(({ reviewerId, reviewedBy }) => [reviewerId, personOf(reviewedBy)?.userId]);
  const approvers = steps.flatMap((step) => step.approvers.map(({ id }) => id));
  const ids = [userId, groupId, personOf(requestedBy)?.userId, ...reviewers, ...approvers, ...commented];
  return new Set(ids.filter((id): id is string => Boolean(id)));
}
