import { type JsonObject, overlay } from './json.js';
import { type OktaGroup, type Person } from './organization.js';

// Bodies of Okta's requests, with keys in the order of
// https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
/** Sent if an administrator has mapped attributes of this extension. */
export const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A member as Okta sends it, without `type` and `$ref`. */
export interface Member extends JsonObject {
  value: string;
  display: string;
}

/** POST /Users. The password is a random placeholder, sent even without password sync. */
export function createUser(person: Person, password: string): JsonObject {
  const schemas = ENTERPRISE_USER in person.profile ? [USER, ENTERPRISE_USER] : [USER];
  return { schemas, ...person.profile, externalId: person.id, groups: [], password, active: true };
}

/** PUT /Users/{id}: the GET response, read-only attributes included, merged with the changes. */
export function replaceUser(current: JsonObject, changes: JsonObject): JsonObject {
  const body = overlay(current, changes);
  const schemas = Array.isArray(body['schemas']) ? body['schemas'] : [USER];
  const lacksExtension = ENTERPRISE_USER in body && !schemas.includes(ENTERPRISE_USER);
  return { ...body, schemas: lacksExtension ? [...schemas, ENTERPRISE_USER] : schemas };
}

/** PATCH without a path: activation, deactivation and, in catalog apps with that setting, profile updates. */
export function patchUser(changes: JsonObject): JsonObject {
  return patch([{ op: 'replace', value: changes }]);
}

/** POST /Groups. */
export function createGroup(group: OktaGroup, members: Member[]): JsonObject {
  return { schemas: [GROUP], displayName: group.name, members };
}

/** PUT /Groups/{id} of wizard apps: the whole group for every change. */
export function replaceGroup(group: OktaGroup, id: string, members: Member[]): JsonObject {
  return { schemas: [GROUP], id, displayName: group.name, members };
}

/** PATCH that Okta sends before every change of members, even without a rename. */
export function renameGroup(group: OktaGroup, id: string): JsonObject {
  return patch([{ op: 'replace', value: { id, displayName: group.name } }]);
}

/** PATCH with one `remove` per removed member and one `add` for all added members. */
export function changeMembers(add: Member[], removeIds: string[]): JsonObject {
  const removals = removeIds.map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` }));
  return patch(add.length === 0 ? removals : [...removals, { op: 'add', path: 'members', value: add }]);
}

/** PATCH of "Push Now" and of an activated push: all members, even if empty. */
export function replaceMembers(members: Member[]): JsonObject {
  return patch([{ op: 'replace', path: 'members', value: members }]);
}

/** Query of the existence checks: `filter=userName%20eq%20%22alice%40acme.example%22&startIndex=1&count=100`. */
export function existenceQuery(attribute: 'userName' | 'displayName', value: string): string {
  return `filter=${encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`)}&startIndex=1&count=100`;
}

function patch(operations: JsonObject[]): JsonObject {
  return { schemas: [PATCH_OP], Operations: operations };
}
