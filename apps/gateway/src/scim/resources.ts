import { type GroupRecord, type MemberRecord, type UserRecord } from '@tidegate/contracts';
import { GROUP, project, renderResource, type ScimAttributes, USER } from '@tidegate/scim';
import { type ScimCall } from './scim-call.js';

type View = Pick<ScimCall, 'baseUrl' | 'projection'>;

/** A user as SCIM shows it. Everything writable is shown: Okta writes back what it read. */
export function userResource(user: UserRecord, { baseUrl, projection }: View): ScimAttributes {
  const groups = user.groups.map(({ value, display }) => ({ value, $ref: `${baseUrl}/Groups/${value}`, display }));
  const resource = renderResource(USER, {
    ...user,
    location: `${baseUrl}/Users/${user.id}`,
    extra: { active: user.active, groups },
  });
  return project(USER, resource, projection);
}

/** A group as SCIM shows it, with the members that came with it; without any, none are told. */
export function groupResource(group: GroupRecord, { baseUrl, projection }: View, withMembers: boolean): ScimAttributes {
  const resource = renderResource(GROUP, {
    ...group,
    location: `${baseUrl}/Groups/${group.id}`,
    ...(withMembers ? { extra: { members: memberValues(group.members, baseUrl) } } : {}),
  });
  return project(GROUP, resource, projection);
}

/** One page of members, as the answer shows them. */
export function membersShown(members: readonly MemberRecord[], { baseUrl, projection }: View): ScimAttributes[] {
  const shown = project(GROUP, { members: memberValues(members, baseUrl) }, projection);
  return (shown['members'] ?? []) as ScimAttributes[];
}

const memberValues = (members: readonly MemberRecord[], baseUrl: string): ScimAttributes[] =>
  members.map(({ userId, display }) => ({ value: userId, $ref: `${baseUrl}/Users/${userId}`, display }));
