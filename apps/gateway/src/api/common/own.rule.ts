import { type Member, Refusal, type RequestReply } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { type Caller, KEY_ISSUER } from '../../callers/caller.js';
import { covers, type Reach } from '../../callers/roles.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';

/** Filters of a list or request. */
export interface CallFilter {
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
export function scopeToCaller(
  { reach, own }: Access,
  { integrationId, userId }: CallFilter,
): CallFilter & { reach: Reach } {
  const matching = Object.entries(own).filter(
    ([id, user]) => (integrationId ?? id) === id && (userId ?? user) === user,
  );
  const [first] = matching;
  const isFiltered = integrationId !== undefined || userId !== undefined;
  if (reach === 'all' || (reach.length > 0 && !(isFiltered && first))) return { reach, integrationId, userId };
  if (!first) throw new Refusal('notAllowed', 'Members can only do this for themselves.');
  if (matching.length > 1)
    throw new InvalidFields({ integrationId: 'is required: you are a user in several integrations' });
  return { reach: [first[0]], integrationId: first[0], userId: first[1] };
}

/** Filters of a list of requests by approver. */
export interface ReviewFilter {
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
export function scopeToReviewers(
  caller: Caller | undefined,
  access: Access,
  { integrationId, approverId, reviewable }: ReviewFilter,
): { reach: Reach; approverIds?: string[] } | undefined {
  if (!reviewable) {
    const { reach, userId } = scopeToCaller(access, { integrationId, userId: approverId });
    return userId === undefined ? { reach } : { reach, approverIds: [userId] };
  }
  if (caller?.kind !== 'person')
    throw new InvalidFields({ reviewable: 'is only for people: use approverId with an API key' });
  const matching = Object.entries(caller.users).filter(
    ([id, user]) => (integrationId ?? id) === id && (approverId ?? user) === user,
  );
  if (matching.length === 0) return undefined;
  return { reach: matching.map(([id]) => id), approverIds: matching.map(([, user]) => user) };
}

/** A request or grant, and its user. */
export interface OwnedItem {
  integrationId: string;
  userId: string;
}

/** @returns the caller's own users in integrations where it is only a member; undefined when there are none */
export function ownMembers({ own }: Access): Member[] | undefined {
  const members = Object.entries(own).map(([integrationId, userId]) => ({ integrationId, userId }));
  return members.length > 0 ? members : undefined;
}

/** Whether the caller may act on an item: by scope, or as its user. */
export function canActOn({ reach, own }: Access, { integrationId, userId }: OwnedItem): boolean {
  return covers(reach, integrationId) || own[integrationId] === userId;
}

/** Whether a user of the caller made a request, as a member of its integration. */
export function hasMade({ own }: Access, { integrationId, requestedBy }: Made): boolean {
  const me = own[integrationId];
  return me !== undefined && requestedBy?.kind === 'person' && requestedBy.userId === me;
}

/** A request, as far as it says who made it. */
export type Made = Pick<RequestReply, 'integrationId' | 'requestedBy'>;

/** Whom a request is for. */
export interface RequestUser {
  userId: string;
  /** The caller's own user, if the caller can request only as a member. */
  memberId?: string;
}

/**
 * @param userId the user named in the call
 * @returns the user a request is for: the named one, or the person's own user in the integration. Whether a member can
 *   request for another user is decided by the flow.
 * @throws InvalidFields when the call names none and the caller has no user there; Refusal `notAllowed` when the caller has
 *   no access to the integration
 */
export function requesterOf(
  caller: Caller | undefined,
  { reach, own }: Access,
  integrationId: string,
  userId: string | undefined,
): RequestUser {
  const requester = userId ?? (caller?.kind === 'person' ? caller.users[integrationId] : undefined);
  if (requester === undefined)
    throw new InvalidFields({ userId: 'is required: only people who are users of the integration can omit it' });
  if (covers(reach, integrationId)) return { userId: requester };
  const memberId = own[integrationId];
  if (memberId === undefined) throw new Refusal('notAllowed', 'Only users of this integration can request access.');
  return { userId: requester, memberId };
}

/** @returns whether the caller is an administrator of the integration, and did not log in with an API key */
export const reviewsAsAdministrator = (caller: Caller | undefined, { reach }: Access, integrationId: string): boolean =>
  caller?.kind === 'person' && caller.issuer !== KEY_ISSUER && covers(reach, integrationId);

/**
 * @param reviewerId the reviewer named in the call
 * @returns the reviewer: the person's own user, or the user that an API key names; undefined for an administrator of the
 *   integration who has no user there
 * @throws InvalidFields when an API key names none; Refusal `notAllowed` for other people who are not users of the
 *   integration, also when they logged in with an API key; and when a person names another user
 */
export function reviewerOf(
  caller: Caller | undefined,
  access: Access,
  integrationId: string,
  reviewerId: string | undefined,
): string | undefined {
  if (caller?.kind === 'person') {
    const me = caller.users[integrationId];
    if (reviewerId !== undefined && reviewerId !== me)
      throw new Refusal('notAllowed', "You can't review on someone else's behalf.");
    if (me !== undefined || reviewsAsAdministrator(caller, access, integrationId)) return me;
    throw new Refusal('notAllowed', 'Only users of this integration and its administrators can review its requests.');
  }
  if (reviewerId === undefined) throw new InvalidFields({ reviewerId: 'is required with an API key' });
  return reviewerId;
}
