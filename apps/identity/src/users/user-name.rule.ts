import { ScimError } from '@tidegate/scim';
import { type UserContent } from './users.rule.js';

/** Embeddings, overrides and isolates of the bidirectional algorithm (Unicode Standard Annex #9 §2). */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/**
 * Refuses a userName that looks like another one: with these characters, `gpj.nad` is displayed as `dan.jpg`, and an
 * approver can confuse two users. They are not allowed in user names (RFC 7644 §5; RFC 8265 §3, IdentifierClass). Other
 * attributes can need them for names in several scripts. They are accepted for inactive users, so that a deactivation
 * is never refused because of the name.
 * @param after the user after the write
 * @param before the user before the write; undefined for a new one
 * @throws ScimError invalidValue when the write gives an active user such a name or activates a user with one
 */
export function checkUserName(after: UserContent, before?: UserContent): void {
  const { userName } = after.attributes;
  if (!after.active || typeof userName !== 'string' || !BIDI_CONTROLS.test(userName)) return;
  if (before?.active && before.attributes['userName'] === userName) return;
  throw new ScimError('invalidValue', '"userName" contains characters that change the direction of text.');
}
