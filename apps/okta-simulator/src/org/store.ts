import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Person, type PersonStatus, type Profile } from '../organization.js';
import { type Assignment } from '../user-provisioning.js';
import { type AppInstance } from './app-instance.js';
import { type CatalogKey } from './catalog.js';
import { type Credentials } from './connection.js';
import { type LoginClient } from './login-clients.js';
import { type OktaOrg } from './okta-org.js';
import { type PushMapping, type PushRule } from './push-groups.js';
import { type GeneralSettings, type ToAppSettings } from './settings.js';

const FORMAT = 'tidegate-okta-simulator/1';

interface StoredPerson {
  id: string;
  profile: Profile;
  status: PersonStatus;
  passwordHash: string | undefined;
}

/** An app; people and groups are stored as ids. */
interface StoredApp {
  id: string;
  key: CatalogKey;
  general: GeneralSettings;
  saved: Credentials;
  toApp: ToAppSettings;
  people: string[];
  groups: string[];
  told: string[]; // assignments that were processed; the name is part of the file format
  users: [string, Assignment][];
  pushed: [string, string][];
  mappings: [string, PushMapping][];
  rules: PushRule[];
}

interface StoredOrg {
  format: typeof FORMAT;
  given: string[];
  people: StoredPerson[];
  groups: { id: string; name: string; members: string[] }[];
  clients: LoginClient[];
  apps: StoredApp[];
}

/**
 * Stores the organization in a file that only its owner can read, since it contains secrets and tokens. Tasks, unsaved
 * settings and logins are not stored.
 */
export function saveOrg(org: OktaOrg, path: string): void {
  const { directory, people, loginClients } = org;
  const stored: StoredOrg = {
    format: FORMAT,
    given: directory.usedIds,
    people: [...directory.people.values()].map((each) => ({ ...each, passwordHash: people.passwordHash(each) })),
    groups: [...directory.groups.values()].map(({ id, name, members }) => ({ id, name, members: ids(members) })),
    clients: loginClients.all,
    apps: [...org.apps.values()].map(storedApp),
  };
  // Written to a second file and renamed, so that a crash can't leave a partial file.
  writeFileSync(`${path}.new`, JSON.stringify(stored, undefined, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * Loads the file of `saveOrg`.
 *
 * @returns whether the file exists
 * @throws Error if the file has another format
 */
export function loadOrg(org: OktaOrg, path: string): boolean {
  if (!existsSync(path)) return false;
  const stored = JSON.parse(readFileSync(path, 'utf8')) as StoredOrg;
  if (stored.format !== FORMAT) throw new Error(`${path} is not a file of this simulator.`);
  const people = stored.people.map(({ id, profile, status }): Person => ({ id, profile, status }));
  const person = (id: string) => people.filter((each) => each.id === id);
  const groups = stored.groups.map(({ id, name, members }) => ({
    id,
    name,
    members: new Set(members.flatMap(person)),
  }));
  org.directory.restore({ people, groups, usedIds: stored.given });
  for (const { id, passwordHash } of stored.people)
    if (passwordHash) org.people.restorePassword(org.person(id), passwordHash);
  for (const client of stored.clients) org.loginClients.restore(client);
  for (const app of stored.apps) restoreApp(org, app);
  return true;
}

function storedApp(app: AppInstance): StoredApp {
  const { assignments, provisioning, pushGroups } = app;
  return {
    ...{ id: app.id, key: app.key, general: app.general, saved: app.connection.saved, toApp: app.toApp },
    ...{ people: ids(assignments.people), groups: ids(assignments.groups), told: ids(assignments.assigned) },
    users: byId(provisioning.users.known),
    pushed: byId(provisioning.groups.known),
    mappings: byId(pushGroups.mappings),
    rules: pushGroups.rules,
  };
}

function restoreApp(org: OktaOrg, stored: StoredApp): void {
  const app = org.restoreApp(stored.id, stored.key, stored.general);
  app.connection.restore(stored.saved);
  app.toApp = stored.toApp;
  for (const id of stored.people) app.assignments.people.add(org.person(id));
  for (const id of stored.groups) app.assignments.groups.add(org.group(id));
  app.assignments.restore(stored.told.map((id) => org.person(id)));
  app.provisioning.users.restore(stored.users.map(([id, assignment]) => [org.person(id), assignment]));
  app.provisioning.groups.restore(stored.pushed.map(([id, scimId]) => [org.group(id), scimId]));
  for (const [id, mapping] of stored.mappings) app.pushGroups.mappings.set(org.group(id), mapping);
  app.pushGroups.rules.push(...stored.rules);
}

function ids(all: Iterable<{ id: string }>): string[] {
  return [...all].map(({ id }) => id);
}

function byId<T>(all: Iterable<[{ id: string }, T]>): [string, T][] {
  return [...all].map(([{ id }, value]) => [id, value]);
}
