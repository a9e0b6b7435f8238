import { type Cause, type GrantEndReason } from '@tidegate/contracts';
import { ABOVE_ALL_COUNTS } from '../directory/user-state.rule.js';

/** Selects what ends: all grants and requests of a user, a group, a flow or an integration, or single ones. */
export type EndSubject =
  /** Only grants and requests with a lower count of deactivations. */
  | { kind: 'user'; id: string; madeBefore: number }
  | { kind: 'group'; id: string }
  | { kind: 'flow'; id: string }
  | { kind: 'integration'; id: string }
  /** Each of these grants, whether or not its time is over. */
  | { kind: 'grants'; ids: string[] }
  /** Each of these requests. */
  | { kind: 'requests'; ids: string[] }
  /** One grant, whether or not its time is over. */
  | { kind: 'grant'; id: string }
  /** One grant, if its time is over by the database's clock. */
  | { kind: 'expiredGrant'; id: string };

/** What ends, with the reason and cause that are stored and published. */
export interface AccessEnd<S extends EndSubject = EndSubject> {
  subject: S;
  reason: GrantEndReason;
  cause: Cause;
  /** Stored with the grants. */
  comment?: string | undefined;
}

/** @returns $1 to $3 of statements that end access: integration, subject id or ids, and the exclusive limit of `deactivations` */
export function endBinds(integrationId: string, subject: EndSubject): [string, string | string[], number] {
  const selected = 'ids' in subject ? subject.ids : subject.id;
  return [integrationId, selected, subject.kind === 'user' ? subject.madeBefore : ABOVE_ALL_COUNTS];
}
