import { type AppKind } from './app-kind.js';
import { GroupPush } from './group-push.js';
import { isJsonObject, type JsonObject } from './json.js';
import { type Scim, ScimFailure } from './scim-client.js';
import { type Person } from './organization.js';
import { TaskList } from './tasks.js';
import { UserProvisioning } from './user-provisioning.js';

export interface Imported {
  /** The active users: inactive ones are not imported. */
  users: JsonObject[];
  groups: JsonObject[];
}

const PAGE = 100;

export interface OktaAppOptions {
  tasks?: TaskList;
  changesPerPatch?: () => number;
  /** Whether a person is assigned now: see UserProvisioning. */
  assigned?: (person: Person) => boolean;
}

/**
 * "Test API Credentials": the two requests that must work before the settings can be saved.
 *
 * @throws ScimFailure with what the administrator is shown
 */
export async function testConnection(client: Scim): Promise<void> {
  await client.send('GET', '/Users?startIndex=1&count=2');
  await client.send('GET', `/Groups?startIndex=1&count=${PAGE}`);
}

/** One app of an Okta organization with provisioning switched on: who is assigned, and which groups it pushes. */
export class OktaApp {
  readonly tasks: TaskList;
  readonly users: UserProvisioning;
  readonly groups: GroupPush;

  constructor(
    readonly kind: AppKind,
    readonly client: Scim,
    { tasks = new TaskList(), changesPerPatch, assigned }: OktaAppOptions = {},
  ) {
    this.tasks = tasks;
    this.users = new UserProvisioning(kind, client, tasks, assigned);
    this.groups = new GroupPush(kind, client, tasks, this.users, changesPerPatch);
  }

  /** "Import Now". @returns what the server has, or undefined when it failed and is in the tasks. */
  async import(): Promise<Imported | undefined> {
    let imported: Imported | undefined;
    await this.tasks.run('import users and groups', async () => {
      const users = await this.#everything('/Users');
      const groups = await this.#everything('/Groups');
      imported = { users: users.filter((user) => user['active'] !== false), groups };
    });
    return imported;
  }

  async #everything(path: '/Users' | '/Groups'): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    for (;;) {
      const page = await this.client.send('GET', `${path}?startIndex=${found.length + 1}&count=${PAGE}`);
      const total = page?.['totalResults'];
      const resources = page?.['Resources'];
      if (typeof total !== 'number' || !Array.isArray(resources)) {
        throw new ScimFailure(200, `the list of ${path} lacks totalResults or Resources`);
      }
      found.push(...resources.filter(isJsonObject));
      if (found.length >= total || resources.length === 0) return found;
    }
  }
}
