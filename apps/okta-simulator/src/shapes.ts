import { type JsonObject, overlay } from './json.js';
import { type OktaGroup, type Person } from './organization.js';

// The bodies of Okta's requests, key by key in the order of
// https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
/** Attributes under this key are sent when an administrator has mapped some. */
export const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A member as Okta writes it: no `type`, no `$ref`. */
export interface Member extends JsonObject {
  value: string;
  display: string;
}

/** POST /Users. The password is a random placeholder, there even when password sync is off. */
export function createUser(person: Person, password: string): JsonObject {
  const schemas = ENTERPRISE_USER in person.profile ? [USER, ENTERPRISE_USER] : [USER];
  return { schemas, ...person.profile, externalId: person.id, groups: [], password, active: true };
}

/** PUT /Users/{id}: what GET answered, read-only attributes included, with the changes laid over it. */
export function replaceUser(current: JsonObject, changes: JsonObject): JsonObject {
  const body = overlay(current, changes);
  const schemas = Array.isArray(body['schemas']) ? body['schemas'] : [USER];
  const lacksExtension = ENTERPRISE_USER in body && !schemas.includes(ENTERPRISE_USER);
  return { ...body, schemas: lacksExtension ? [...schemas, ENTERPRISE_USER] : schemas };
}

/** PATCH without a path: activation, deactivation and, in catalog apps that have the switch, profile updates. */
export function patchUser(changes: JsonObject): JsonObject {
  return patch([{ op: 'replace', value: changes }]);
}

/** POST /Groups. */
export function createGroup(group: OktaGroup, members: Member[]): JsonObject {
  return { schemas: [GROUP], displayName: group.name, members };
}

/** PUT /Groups/{id}, of apps made in the wizard: the whole group at every change. */
export function replaceGroup(group: OktaGroup, id: string, members: Member[]): JsonObject {
  return { schemas: [GROUP], id, displayName: group.name, members };
}

/** PATCH that comes before every membership change, renamed or not. */
export function renameGroup(group: OktaGroup, id: string): JsonObject {
  return patch([{ op: 'replace', value: { id, displayName: group.name } }]);
}

/** PATCH with one `remove` for each member that goes and one `add` for all that come. */
export function changeMembers(add: Member[], removeIds: string[]): JsonObject {
  const removals = removeIds.map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` }));
  return patch(add.length === 0 ? removals : [...removals, { op: 'add', path: 'members', value: add }]);
}

/** PATCH of "Push Now" and of an activated push: the whole membership, an empty one too. */
export function replaceMembers(members: Member[]): JsonObject {
  return patch([{ op: 'replace', path: 'members', value: members }]);
}

/** The query of the existence checks: `filter=userName%20eq%20%22alice%40acme.example%22&startIndex=1&count=100`. */
export function existenceQuery(attribute: 'userName' | 'displayName', value: string): string {
  return `filter=${encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`)}&startIndex=1&count=100`;
}

function patch(operations: JsonObject[]): JsonObject {
  return { schemas: [PATCH_OP], Operations: operations };
}
