import { type GrantRecord } from '@tidegate/contracts';
import { type OktaApp } from '../app.js';
import { type OktaGroup, type Organization, type Person } from '../organization.js';
import { type AdminApi } from './admin-api.js';
import { type Story } from './story.js';
import { until } from './until.js';

/** Everything the chapters of the story share. */
export interface Day {
  story: Story;
  api: AdminApi;
  integrationId: string;
  organization: Organization;
  /** The app from Okta's catalog: everybody is assigned here. */
  catalog: OktaApp;
  /** A second app made in Okta's wizard, connected to the same integration: bob is assigned here too. */
  wizard: OktaApp;
  /** How long a step waits for what it expects. */
  patienceSeconds: number;
}

export const DOMAIN = 'acme.example';
export const CAST = ['alice', 'bob', 'carol', 'dan', 'erin'];

/** The colleagues of the cast, who bear no names of real people: `colleagues(6, 7)` → `['person06', 'person07']` */
export function colleagues(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `person${String(from + index).padStart(2, '0')}`);
}

/** @param name the part before the @: `alice` */
export function person(day: Day, name: string): Person {
  const found = day.organization.personNamed(`${name}@${DOMAIN}`);
  if (!found) throw new Error(`nobody is called ${name} (this is a bug)`);
  return found;
}

export function group(day: Day, name: string): OktaGroup {
  const found = day.organization.groupNamed(name);
  if (!found) throw new Error(`no group is called ${name} (this is a bug)`);
  return found;
}

export function userId(day: Day, name: string): string {
  return day.catalog.users.idOf(person(day, name));
}

/** @returns the name, without its domain, of whoever has this SCIM id */
export function nameOf(day: Day, id: string | undefined): string {
  const found = [...day.organization.people.values()].find((each) => day.catalog.users.idOf(each) === id);
  return found ? short(found.profile.userName) : 'a stranger';
}

export function groupId(day: Day, name: string): string {
  return day.catalog.groups.idOf(group(day, name));
}

/** Does what an administrator does in Okta. @throws Error with the SCIM details when a task failed */
export async function inOkta(app: OktaApp, ...done: Promise<boolean>[]): Promise<void> {
  await Promise.all(done);
  const failed = app.tasks.failed.map((task) => `${task.label}: ${task.status ?? 'no answer'} ${task.detail}`);
  if (failed.length > 0) throw new Error(failed.join('; '));
}

/** Who is in the group in effect, as `alice by grant, carol by scim`, in the order of names. */
export async function effectiveMembers(day: Day, name: string): Promise<string> {
  const members = await day.api.members(day.integrationId, groupId(day, name));
  const lines = members.map((member) => `${short(member.userName)} by ${[...member.sources].sort().join(' and ')}`);
  return lines.sort().join(', ');
}

/** @returns what `effectiveMembers` finds when Okta pushed these people and nobody else is in */
export function byScim(...names: string[]): string {
  return names
    .map((name) => `${name} by scim`)
    .sort()
    .join(', ');
}

/** Waits until the group has these effective members. @returns those it has, also when the wait was in vain */
export function untilMembers(day: Day, name: string, expected: string): Promise<string> {
  return until(
    () => effectiveMembers(day, name),
    (members) => members === expected,
    day.patienceSeconds,
  );
}

/** Waits until the user has that many grants and all are active. @returns the grants, oldest first */
export async function untilActive(day: Day, name: string, count: number): Promise<GrantRecord[]> {
  const grants = await until(
    () => day.api.grants(userId(day, name)),
    (found) => found.length === count && found.every((grant) => grant.status === 'active'),
    day.patienceSeconds,
  );
  return grants.sort((one, other) => one.createdAt.localeCompare(other.createdAt));
}

/** `alice@acme.example` → `alice` */
export function short(userName: string): string {
  return userName.split('@')[0] ?? userName;
}
