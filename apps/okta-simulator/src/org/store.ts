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

interface KeptPerson {
  id: string;
  profile: Profile;
  status: PersonStatus;
  passwordHash: string | undefined;
}

/** An app, with people and groups by their ids. */
interface KeptApp {
  id: string;
  key: CatalogKey;
  general: GeneralSettings;
  saved: Credentials;
  toApp: ToAppSettings;
  people: string[];
  groups: string[];
  told: string[];
  users: [string, Assignment][];
  pushed: [string, string][];
  mappings: [string, PushMapping][];
  rules: PushRule[];
}

interface Kept {
  format: typeof FORMAT;
  given: string[];
  people: KeptPerson[];
  groups: { id: string; name: string; members: string[] }[];
  clients: LoginClient[];
  apps: KeptApp[];
}

/**
 * Writes the organization to a file that only its owner may read, since secrets and tokens are in it. Tasks, unsaved
 * settings and logins are not kept.
 */
export function saveOrg(org: OktaOrg, path: string): void {
  const { directory, people, loginClients } = org;
  const kept: Kept = {
    format: FORMAT,
    given: directory.given,
    people: [...directory.people.values()].map((each) => ({ ...each, passwordHash: people.passwordHash(each) })),
    groups: [...directory.groups.values()].map(({ id, name, members }) => ({ id, name, members: ids(members) })),
    clients: loginClients.all,
    apps: [...org.apps.values()].map(keptApp),
  };
  // Written beside it and renamed: a file that was half written is nobody's organization.
  writeFileSync(`${path}.new`, JSON.stringify(kept, undefined, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * Takes up what `saveOrg` wrote.
 *
 * @returns whether there was a file
 * @throws Error when the file is not of this format
 */
export function loadOrg(org: OktaOrg, path: string): boolean {
  if (!existsSync(path)) return false;
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
  if (kept.format !== FORMAT) throw new Error(`${path} is not an organization of this simulator.`);
  const people = kept.people.map(({ id, profile, status }): Person => ({ id, profile, status }));
  const person = (id: string) => people.filter((each) => each.id === id);
  const groups = kept.groups.map(({ id, name, members }) => ({ id, name, members: new Set(members.flatMap(person)) }));
  org.directory.restore({ people, groups, given: kept.given });
  for (const { id, passwordHash } of kept.people)
    if (passwordHash) org.people.restorePassword(org.person(id), passwordHash);
  for (const client of kept.clients) org.loginClients.restore(client);
  for (const app of kept.apps) restoreApp(org, app);
  return true;
}

function keptApp(app: AppInstance): KeptApp {
  const { assignments, provisioning, pushGroups } = app;
  return {
    ...{ id: app.id, key: app.key, general: app.general, saved: app.connection.saved, toApp: app.toApp },
    ...{ people: ids(assignments.people), groups: ids(assignments.groups), told: ids(assignments.told) },
    users: byId(provisioning.users.known),
    pushed: byId(provisioning.groups.known),
    mappings: byId(pushGroups.mappings),
    rules: pushGroups.rules,
  };
}

function restoreApp(org: OktaOrg, kept: KeptApp): void {
  const app = org.restoreApp(kept.id, kept.key, kept.general);
  app.connection.restore(kept.saved);
  app.toApp = kept.toApp;
  for (const id of kept.people) app.assignments.people.add(org.person(id));
  for (const id of kept.groups) app.assignments.groups.add(org.group(id));
  app.assignments.restore(kept.told.map((id) => org.person(id)));
  app.provisioning.users.restore(kept.users.map(([id, assignment]) => [org.person(id), assignment]));
  app.provisioning.groups.restore(kept.pushed.map(([id, scimId]) => [org.group(id), scimId]));
  for (const [id, mapping] of kept.mappings) app.pushGroups.mappings.set(org.group(id), mapping);
  app.pushGroups.rules.push(...kept.rules);
}

function ids(all: Iterable<{ id: string }>): string[] {
  return [...all].map(({ id }) => id);
}

function byId<T>(all: Iterable<[{ id: string }, T]>): [string, T][] {
  return [...all].map(([{ id }, value]) => [id, value]);
}
