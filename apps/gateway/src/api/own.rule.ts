import { type Member, Refusal } from '@tidegate/contracts';
import { type Access } from '../auth/access.rule.js';
import { type Caller } from '../auth/caller.js';
import { covers, type Reach } from '../auth/roles.js';
import { InvalidFields } from '../http/invalid-fields.js';

/** About whom a list or a request is. */
export interface Whose {
  integrationId?: string | undefined;
  userId?: string | undefined;
}

/**
 * Under which integrations a call about somebody runs, and about which user. Who names the user that it is, or may do
 * nothing but for itself, is held to that user and its integration.
 * @throws Refusal `notAllowed` when the call is about another user; InvalidFields when the caller is several users and
 * does not say which
 */
export function whose({ reach, own }: Access, { integrationId, userId }: Whose): Whose & { reach: Reach } {
  const mine = Object.entries(own).filter(([where, me]) => (integrationId ?? where) === where && (userId ?? me) === me);
  const [first] = mine;
  const named = integrationId !== undefined || userId !== undefined;
  if (reach === 'all' || (reach.length > 0 && !(named && first))) return { reach, integrationId, userId };
  if (!first) throw new Refusal('notAllowed', 'A member may do this for the user that it is, and for no other.');
  if (mine.length > 1)
    throw new InvalidFields({ integrationId: 'must say in which integration: you are a user of several' });
  return { reach: [first[0]], integrationId: first[0], userId: first[1] };
}

/** Whose list of what to decide is asked for. */
export interface Reviewing {
  integrationId?: string | undefined;
  approverId?: string | undefined;
  /** For whoever is logged in, in every integration whose user that person is. */
  reviewable: boolean;
}

/**
 * Under which integrations the list of what somebody may decide runs, and for which users.
 * @returns undefined when nothing can wait for the caller, who is no user there
 * @throws InvalidFields when a program names no approver; Refusal `notAllowed` as `whose`
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
  if (caller?.kind !== 'person') throw new InvalidFields({ reviewable: 'is for persons: a program names approverId' });
  const mine = Object.entries(caller.users).filter(
    ([where, me]) => (integrationId ?? where) === where && (approverId ?? me) === me,
  );
  if (mine.length === 0) return undefined;
  return { reach: mine.map(([where]) => where), approverIds: mine.map(([, me]) => me) };
}

/** What belongs to somebody, and who else it concerns. */
export interface Concerning {
  integrationId: string;
  userId: string;
  approval?: { kind: string; approverIds?: string[] };
}

/** Whether a caller may see something: all of its kind in that integration, or because it concerns the user that it is. */
export function concerns({ reach, own }: Access, { integrationId, userId, approval }: Concerning): boolean {
  if (covers(reach, integrationId)) return true;
  const me = own[integrationId];
  return me !== undefined && (me === userId || (approval?.approverIds ?? []).includes(me));
}

/** @returns the users that the caller is where it sees nothing but what concerns it; undefined when it sees all */
export function membersOf({ own }: Access): Member[] | undefined {
  const members = Object.entries(own).map(([integrationId, userId]) => ({ integrationId, userId }));
  return members.length > 0 ? members : undefined;
}

/** Whether it is the caller's own, or the caller may act for everybody there. */
export function isOwnOrCovered({ reach, own }: Access, { integrationId, userId }: Concerning): boolean {
  return covers(reach, integrationId) || own[integrationId] === userId;
}

/**
 * Who decides on a request: a person always as the user that it is, a program as the user whom it names.
 * @throws InvalidFields when a program names nobody; Refusal `notAllowed` when a person is no user there, or names another
 */
export function reviewerOf(caller: Caller | undefined, integrationId: string, given: string | undefined): string {
  if (caller?.kind === 'person') {
    const me = caller.users[integrationId];
    if (me === undefined)
      throw new Refusal('notAllowed', 'Only users of the integration decide, and you are none of them.');
    if (given !== undefined && given !== me) throw new Refusal('notAllowed', 'Nobody decides in the name of another.');
    return me;
  }
  if (given === undefined) throw new InvalidFields({ reviewerId: 'must be an id' });
  return given;
}
