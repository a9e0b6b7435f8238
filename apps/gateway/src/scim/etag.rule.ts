import { createHash } from 'node:crypto';
import { type IfMatch, type UserRecord } from '@tidegate/contracts';

/** An entity tag, weak or not (RFC 9110 §8.8.3). They are compared weakly, for ours are weak (RFC 7644 §3.14). */
const TAG = /(?:W\/)?"([^"]*)"/g;
const OURS = /^(\d{1,15})(?:-[0-9a-f]{16})?$/;

/**
 * What tells one state of a user from another: the version, and a digest of the groups when the answer shows some. They
 * are part of the answer and not of the user's version, so without it nobody who asks whether something changed would
 * hear of a group.
 */
export function userVersion({ version, groups }: Pick<UserRecord, 'version' | 'groups'>): string {
  if (groups.length === 0) return String(version);
  const digest = createHash('sha256').update(JSON.stringify(groups)).digest('hex');
  return `${version}-${digest.slice(0, 16)}`;
}

/**
 * The versions that a write demands (RFC 9110 §13.1.1). A tag that is none of ours, or none at all, is no version: where
 * nothing else is named, no resource meets the condition, for a write that somebody wants guarded must not go unguarded.
 * `If-None-Match: *` demands a resource that is not there (§13.1.2), which a write to an existing one cannot meet either;
 * any other If-None-Match is about reading.
 * @returns undefined when there is no condition
 */
export function ifMatchOf(ifMatch: string | undefined, ifNoneMatch?: string): IfMatch | undefined {
  if (ifNoneMatch?.trim() === '*') return [];
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === '*') return '*';
  const versions = tagsOf(ifMatch).flatMap((tag) => {
    const [, version] = OURS.exec(tag) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
  return [...new Set(versions)];
}

/** Whether the caller has this state already: If-None-Match on a read (RFC 9110 §13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).includes(tagsOf(tag)[0]!);
}

/** An absent condition does not travel. */
export const condition = (ifMatch: IfMatch | undefined): { ifMatch?: IfMatch } => (ifMatch ? { ifMatch } : {});

const tagsOf = (header: string): string[] => [...header.matchAll(TAG)].map(([, tag]) => tag!);
