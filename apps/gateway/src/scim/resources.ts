import { type GroupRecord, type MemberRecord, type UserRecord } from '@tidegate/contracts';
import { project, renderResource, type ScimAttributes } from '@tidegate/scim';
import { type ScimCall } from './scim-call.js';

type View = Pick<ScimCall, 'baseUrl' | 'projection' | 'types'>;

/** A user as SCIM shows it. Everything writable is shown: Okta writes back what it read. */
export function userResource(user: UserRecord, { baseUrl, projection, types }: View): ScimAttributes {
  const groups = user.groups.map(({ value, display, type }) => ({
    value,
    $ref: `${baseUrl}/Groups/${value}`,
    display,
    type,
  }));
  const resource = renderResource(types.User, {
    ...user,
    location: `${baseUrl}/Users/${user.id}`,
    extra: { active: user.active, groups },
  });
  return project(types.User, resource, projection);
}

/** A group as SCIM shows it, with the members that came with it; without any, none are told. */
export function groupResource(
  group: GroupRecord,
  { baseUrl, projection, types }: View,
  withMembers: boolean,
): ScimAttributes {
  const resource = renderResource(types.Group, {
    ...group,
    location: `${baseUrl}/Groups/${group.id}`,
    ...(withMembers ? { extra: { members: memberValues(group.members, baseUrl) } } : {}),
  });
  return project(types.Group, resource, projection);
}

/** One page of members, as the answer shows them. */
export function membersShown(members: readonly MemberRecord[], { baseUrl, projection, types }: View): ScimAttributes[] {
  const shown = project(types.Group, { members: memberValues(members, baseUrl) }, projection);
  return (shown['members'] ?? []) as ScimAttributes[];
}

const memberValues = (members: readonly MemberRecord[], baseUrl: string): ScimAttributes[] =>
  members.map(({ id, type, display }) => ({ value: id, $ref: `${baseUrl}/${type}s/${id}`, type, display }));
