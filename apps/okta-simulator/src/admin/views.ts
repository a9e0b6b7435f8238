import { type AppInstance } from '../org/app-instance.js';
import { type LoginClient } from '../org/login-clients.js';
import { type OktaOrg } from '../org/okta-org.js';
import { redirectUri } from '../org/settings.js';
import { type OktaGroup, type Organization, type Person } from '../organization.js';
import { type Task } from '../tasks.js';

// JSON responses of the admin pages, without secrets.

export function personView({ id, status, profile }: Person) {
  return { id, status, profile };
}

export function groupView({ id, name, members }: OktaGroup) {
  return { id, name, members: [...members].map((person) => person.id) };
}

export function clientView({ clientSecret: _, ...client }: LoginClient) {
  return client;
}

/** @returns a task with an id that is unique across apps */
export function taskView(app: AppInstance, task: Task) {
  return { ...task, id: `${app.id}.${task.id}`, app: app.general.label };
}

export function allTasks(org: OktaOrg) {
  const tasks = [...org.apps.values()].flatMap((app) => app.tasks.all.map((task) => taskView(app, task)));
  return tasks.sort((one, other) => other.since - one.since);
}

export function appView(app: AppInstance, org: OktaOrg) {
  const { draft, saved } = app.connection;
  const { clientSecret, ...general } = app.general;
  const { token, ...integration } = saved.settings;
  return {
    ...{ id: app.id, catalogKey: app.key, label: app.general.label, kind: app.entry.kind },
    general: { ...general, hasClientSecret: clientSecret !== '', redirectUri: redirectUri(app.general) },
    integration: {
      ...integration,
      hasToken: token !== '',
      authenticated: saved.tokens !== undefined,
      unsaved: draft !== saved,
    },
    toApp: app.toApp,
    assignments: assignmentsOf(app, org.directory),
    assignedGroups: [...app.assignments.groups].map((group) => group.id),
    pushGroups: [...app.pushGroups.mappings].map(([group, { active, rule }]) => ({
      ...{ group: group.id, name: group.name, active, rule, pushed: app.provisioning.groups.has(group) },
    })),
    pushRules: app.pushGroups.rules,
    imported: app.imported && { users: app.imported.users.length, groups: app.imported.groups.length },
    tasks: app.tasks.all.map((task) => taskView(app, task)),
  };
}

/** @returns the assigned people, how they are assigned, and their state in Tidegate */
export function assignmentsOf(app: AppInstance, directory: Organization) {
  return [...directory.people.values()].flatMap((person) => {
    const scope = app.assignments.scopeOf(person);
    const { userName } = person.profile;
    return scope ? [{ person: person.id, userName, scope, state: app.provisioning.users.state(person) }] : [];
  });
}
