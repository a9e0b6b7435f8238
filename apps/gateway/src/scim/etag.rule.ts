import { createHash } from 'node:crypto';
import { type IfMatch, type UserRecord } from '@tidegate/contracts';

/** An entity tag, weak or strong (RFC 9110 §8.8.3). Comparison is weak, because SCIM tags are weak (RFC 7644 §3.14). */
const TAG = /(?:W\/)?"([^"]*)"/g;
const OURS = /^(\d{1,15})(?:-[0-9a-f]{16})?$/;

/**
 * @returns the version of a user in a response, with a digest of the groups if it has any: membership changes do not
 *   change the user's own version
 */
export function userVersion({ version, groups }: Pick<UserRecord, 'version' | 'groups'>): string {
  if (groups.length === 0) return String(version);
  const digest = createHash('sha256').update(JSON.stringify(groups)).digest('hex');
  return `${version}-${digest.slice(0, 16)}`;
}

/**
 * Parses the condition of a write (RFC 9110 §13.1.1). Unknown and malformed tags match no version, so that the write fails
 * instead of running unconditionally. `If-None-Match: *` (§13.1.2) never matches an existing resource; other values of
 * If-None-Match apply only to reads.
 * @returns the accepted versions, or undefined without a condition
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

/** Whether If-None-Match of a read matches the current tag (RFC 9110 §13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).includes(tagsOf(tag)[0]!);
}

/** @returns the condition as command data */
export const condition = (ifMatch: IfMatch | undefined): { ifMatch?: IfMatch } => (ifMatch ? { ifMatch } : {});

const tagsOf = (header: string): string[] => [...header.matchAll(TAG)].map(([, tag]) => tag!);
