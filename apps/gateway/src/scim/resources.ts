import { type GroupRecord, type MemberRecord, type UserRecord } from '@tidegate/contracts';
import { project, renderResource, type ScimAttributes } from '@tidegate/scim';
import { userVersion } from './etag.rule.js';
import { type ScimCall } from './scim-call.js';

type View = Pick<ScimCall, 'baseUrl' | 'projection' | 'types'>;

/** @returns the URL of a user */
export const userLocation = (id: string, { baseUrl }: Pick<View, 'baseUrl'>): string => `${baseUrl}/Users/${id}`;
export const groupLocation = (id: string, { baseUrl }: Pick<View, 'baseUrl'>): string => `${baseUrl}/Groups/${id}`;

/** @returns the SCIM user, with all writable attributes: Okta writes back what it read */
export function userResource(user: UserRecord, view: View): ScimAttributes {
  const { projection, types } = view;
  const groups = user.groups.map(({ value, display, type }) => ({
    value,
    $ref: groupLocation(value, view),
    display,
    type,
  }));
  const resource = renderResource(types.User, {
    ...user,
    version: userVersion(user),
    location: userLocation(user.id, view),
    extra: { active: user.active, groups },
  });
  return project(types.User, resource, projection);
}

/** @returns the SCIM group, with or without the members in the record */
export function groupResource(group: GroupRecord, view: View, withMembers: boolean): ScimAttributes {
  const { baseUrl, projection, types } = view;
  const resource = renderResource(types.Group, {
    ...group,
    location: groupLocation(group.id, view),
    ...(withMembers ? { extra: { members: memberValues(group.members, baseUrl) } } : {}),
  });
  return project(types.Group, resource, projection);
}

/** @returns the SCIM values of one page of members */
export function membersShown(members: readonly MemberRecord[], { baseUrl, projection, types }: View): ScimAttributes[] {
  const shown = project(types.Group, { members: memberValues(members, baseUrl) }, projection);
  return (shown['members'] ?? []) as ScimAttributes[];
}

const memberValues = (members: readonly MemberRecord[], baseUrl: string): ScimAttributes[] =>
  members.map(({ id, type, display }) => ({ value: id, $ref: `${baseUrl}/${type}s/${id}`, type, display }));
