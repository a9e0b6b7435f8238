import { type Member, Refusal } from '@tidegate/contracts';
import { type Access } from '../auth/access.rule.js';
import { type Caller } from '../auth/caller.js';
import { covers, type Reach } from '../auth/roles.js';
import { InvalidFields } from '../http/invalid-fields.js';

/** Filters of a list or request. */
export interface Whose {
  integrationId?: string | undefined;
  userId?: string | undefined;
}

/**
 * Restricts a call to what the caller may access. Callers that name their own user, and members, are restricted to their
 * own user and its integration.
 * @returns the integrations to bind the command to, and the effective filters
 * @throws Refusal `notAllowed` when a member names another user; InvalidFields when the caller is a user in several
 * integrations and names none
 */
export function whose({ reach, own }: Access, { integrationId, userId }: Whose): Whose & { reach: Reach } {
  const mine = Object.entries(own).filter(([where, me]) => (integrationId ?? where) === where && (userId ?? me) === me);
  const [first] = mine;
  const named = integrationId !== undefined || userId !== undefined;
  if (reach === 'all' || (reach.length > 0 && !(named && first))) return { reach, integrationId, userId };
  if (!first) throw new Refusal('notAllowed', 'Members can only do this for themselves.');
  if (mine.length > 1)
    throw new InvalidFields({ integrationId: 'is required: you are a user in several integrations' });
  return { reach: [first[0]], integrationId: first[0], userId: first[1] };
}

/** Filters of a list of requests by approver. */
export interface Reviewing {
  integrationId?: string | undefined;
  approverId?: string | undefined;
  /** Only what the logged-in person can review, in all integrations where it is a user. */
  reviewable: boolean;
}

/**
 * Restricts a list of reviewable requests to approvers that the caller may list.
 * @returns the integrations and approvers; undefined when the caller is not a user there, so that the list is empty
 * @throws InvalidFields when an API key asks for `reviewable`; Refusal `notAllowed` as `scopeToCaller`
 */
export function reviewersOf(
  caller: Caller | undefined,
  access: Access,
  { integrationId, approverId, reviewable }: Reviewing,
): { reach: Reach; approverIds?: string[] } | undefined {
  if (!reviewable) {
    const { reach, userId } = whose(access, { integrationId, userId: approverId });
    return userId === undefined ? { reach } : { reach, approverIds: [userId] };
  }
  if (caller?.kind !== 'person') throw new InvalidFields({ reviewable: 'is only for people: use approverId with an API key' });
  const mine = Object.entries(caller.users).filter(
    ([where, me]) => (integrationId ?? where) === where && (approverId ?? me) === me,
  );
  if (mine.length === 0) return undefined;
  return { reach: mine.map(([where]) => where), approverIds: mine.map(([, me]) => me) };
}

/** A request or grant: its user, and the approvers who may see it. */
export interface Concerning {
  integrationId: string;
  userId: string;
  approval?: { kind: string; approverIds?: string[] };
}

/** Whether the caller may see an item: by scope, or as its user or one of its approvers. */
export function concerns({ reach, own }: Access, { integrationId, userId, approval }: Concerning): boolean {
  if (covers(reach, integrationId)) return true;
  const me = own[integrationId];
  return me !== undefined && (me === userId || (approval?.approverIds ?? []).includes(me));
}

/** @returns the caller's own users in integrations where it is only a member; undefined when there are none */
export function membersOf({ own }: Access): Member[] | undefined {
  const members = Object.entries(own).map(([integrationId, userId]) => ({ integrationId, userId }));
  return members.length > 0 ? members : undefined;
}

/** Whether the caller may act on an item: by scope, or as its user. */
export function isOwnOrCovered({ reach, own }: Access, { integrationId, userId }: Concerning): boolean {
  return covers(reach, integrationId) || own[integrationId] === userId;
}

/**
 * @param given the reviewer named in the call
 * @returns the reviewer: the person's own user, or the user that an API key names
 * @throws InvalidFields when an API key names none; Refusal `notAllowed` when a person is not a user of the integration,
 * or names another user
 */
export function reviewerOf(caller: Caller | undefined, integrationId: string, given: string | undefined): string {
  if (caller?.kind === 'person') {
    const me = caller.users[integrationId];
    if (me === undefined)
      throw new Refusal('notAllowed', 'Only users of this integration can review its requests.');
    if (given !== undefined && given !== me) throw new Refusal('notAllowed', "You can't review on someone else's behalf.");
    return me;
  }
  if (given === undefined) throw new InvalidFields({ reviewerId: 'is required with an API key' });
  return given;
}
