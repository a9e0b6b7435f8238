import { ScimError } from '@tidegate/scim';
import { type UserContent } from './users.rule.js';

/** Embeddings, overrides and isolates of the bidirectional algorithm (Unicode Standard Annex #9 §2). */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/**
 * Refuses a userName that is shown as another one: with these characters, `gpj.nad` reads `dan.jpg`, and an approver takes
 * one person for another. They have no place in a user name (RFC 7644 §5; RFC 8265 §3, IdentifierClass); other
 * attributes may need them, for names in several scripts. Inactive users may have such a name, so that a deactivation is
 * never refused for one.
 * @param after the user as the write leaves it
 * @param before as it was; undefined for a new one
 * @throws ScimError invalidValue when an active user would get such a name, or a user that has one would become active
 */
export function checkUserName(after: UserContent, before?: UserContent): void {
  const { userName } = after.attributes;
  if (!after.active || typeof userName !== 'string' || !BIDI_CONTROLS.test(userName)) return;
  if (before?.active && before.attributes['userName'] === userName) return;
  throw new ScimError('invalidValue', '"userName" holds characters that change the direction of text.');
}
