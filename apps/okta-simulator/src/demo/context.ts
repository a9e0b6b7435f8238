import { type GrantRecord } from '@tidegate/contracts';
import { type OktaApp } from '../app.js';
import { type OktaGroup, type Organization, type Person } from '../organization.js';
import { type AdminApi } from './admin-api.js';
import { type StepRunner } from './step-runner.js';
import { until } from './until.js';

/** Shared by all steps of the demo. */
export interface DemoContext {
  runner: StepRunner;
  api: AdminApi;
  integrationId: string;
  organization: Organization;
  /** The app from Okta's catalog, with all people assigned. */
  catalog: OktaApp;
  /** A second app, created in Okta's wizard, for the same integration; bob is assigned here too. */
  wizard: OktaApp;
  /** How long a step waits for the expected state. */
  timeoutSeconds: number;
}

export const DOMAIN = 'acme.example';
export const MAIN_USERS = ['alice', 'bob', 'carol', 'dan', 'erin'];

/** @returns generic user names: `numberedUsers(6, 7)` → `['person06', 'person07']` */
export function numberedUsers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `person${String(from + index).padStart(2, '0')}`);
}

/** @param name part of the user name before the @: `alice` */
export function person(context: DemoContext, name: string): Person {
  const found = context.organization.personNamed(`${name}@${DOMAIN}`);
  if (!found) throw new Error(`no person has the name ${name} (this is a bug)`);
  return found;
}

export function group(context: DemoContext, name: string): OktaGroup {
  const found = context.organization.groupNamed(name);
  if (!found) throw new Error(`no group has the name ${name} (this is a bug)`);
  return found;
}

export function userId(context: DemoContext, name: string): string {
  return context.catalog.users.idOf(person(context, name));
}

/** @returns the user name without its domain for a SCIM id */
export function nameOf(context: DemoContext, id: string | undefined): string {
  const found = [...context.organization.people.values()].find((each) => context.catalog.users.idOf(each) === id);
  return found ? short(found.profile.userName) : 'an unknown user';
}

export function groupId(context: DemoContext, name: string): string {
  return context.catalog.groups.idOf(group(context, name));
}

/** Waits for tasks of an app. @throws Error with the SCIM details if one failed */
export async function runTasks(app: OktaApp, ...tasks: Promise<boolean>[]): Promise<void> {
  await Promise.all(tasks);
  const failed = app.tasks.failed.map((task) => `${task.label}: ${task.status ?? 'no response'} ${task.detail}`);
  if (failed.length > 0) throw new Error(failed.join('; '));
}

/** @returns the effective members, ordered by name: `alice by grant, carol by scim` */
export async function effectiveMembers(context: DemoContext, name: string): Promise<string> {
  const members = await context.api.members(context.integrationId, groupId(context, name));
  const lines = members.map((member) => `${short(member.userName)} by ${[...member.sources].sort().join(' and ')}`);
  return lines.sort().join(', ');
}

/** @returns the result of `effectiveMembers` for a group with exactly these pushed members */
export function byScim(...names: string[]): string {
  return names
    .map((name) => `${name} by scim`)
    .sort()
    .join(', ');
}

/** Waits until the group has these effective members. @returns the current members, also after the timeout */
export function untilMembers(context: DemoContext, name: string, expected: string): Promise<string> {
  return until(
    () => effectiveMembers(context, name),
    (members) => members === expected,
    context.timeoutSeconds,
  );
}

/** Waits until the user has `count` grants, all active. @returns the grants, oldest first */
export async function untilActive(context: DemoContext, name: string, count: number): Promise<GrantRecord[]> {
  const grants = await until(
    () => context.api.grants(userId(context, name)),
    (found) => found.length === count && found.every((grant) => grant.status === 'active'),
    context.timeoutSeconds,
  );
  return grants.sort((one, other) => one.createdAt.localeCompare(other.createdAt));
}

/** `alice@acme.example` → `alice` */
export function short(userName: string): string {
  return userName.split('@')[0] ?? userName;
}
