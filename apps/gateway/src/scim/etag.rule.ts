import { createHash } from 'node:crypto';
import { type IfMatch, type UserRecord } from '@tidegate/contracts';

/**
 * The entity tag of a version (RFC 7644 §3.14). Weak, for the same version may be told in other bytes: a member's name is
 * a copy that changes with the member and not with the group.
 */
export const entityTag = (version: number | string): string => `W/"${version}"`;

/**
 * The entity tag of a user. Groups are part of the answer and not of the user's version, so a digest of them stands
 * beside it: who asks whether anything changed must hear of a group too.
 */
export function userTag({ version, groups }: Pick<UserRecord, 'version' | 'groups'>): string {
  if (groups.length === 0) return entityTag(version);
  const digest = createHash('sha256').update(JSON.stringify(groups)).digest('hex');
  return entityTag(`${version}-${digest.slice(0, 16)}`);
}

/** An absent condition does not travel. */
export const condition = (ifMatch: IfMatch | undefined): { ifMatch?: IfMatch } => (ifMatch ? { ifMatch } : {});
