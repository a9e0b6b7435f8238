import { type AppKind } from './app-kind.js';
import { GroupPush } from './group-push.js';
import { isJsonObject, type JsonObject } from './json.js';
import { type Scim, ScimFailure } from './scim-client.js';
import { type Person } from './organization.js';
import { TaskList } from './tasks.js';
import { UserProvisioning } from './user-provisioning.js';

export interface Imported {
  /** Active users only. */
  users: JsonObject[];
  groups: JsonObject[];
}

const PAGE = 100;

export interface OktaAppOptions {
  tasks?: TaskList;
  changesPerPatch?: () => number;
  /** Whether a person is currently assigned; see UserProvisioning. */
  assigned?: (person: Person) => boolean;
}

/**
 * "Test API Credentials": two requests that must succeed before the settings can be saved.
 *
 * @throws ScimFailure with the message for the administrator
 */
export async function testConnection(client: Scim): Promise<void> {
  await client.send('GET', '/Users?startIndex=1&count=2');
  await client.send('GET', `/Groups?startIndex=1&count=${PAGE}`);
}

/** Provisioning of one app of an Okta organization: its users and groups. */
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

  /** "Import Now". @returns users and groups of the server; undefined if the task failed */
  async import(): Promise<Imported | undefined> {
    let imported: Imported | undefined;
    await this.tasks.run('import users and groups', async () => {
      const users = await this.#listAll('/Users');
      const groups = await this.#listAll('/Groups');
      imported = { users: users.filter((user) => user['active'] !== false), groups };
    });
    return imported;
  }

  async #listAll(path: '/Users' | '/Groups'): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    for (;;) {
      const page = await this.client.send('GET', `${path}?startIndex=${found.length + 1}&count=${PAGE}`);
      const total = page?.['totalResults'];
      const resources = page?.['Resources'];
      if (typeof total !== 'number' || !Array.isArray(resources)) {
        throw new ScimFailure(200, `the list response for ${path} has no totalResults or Resources`);
      }
      found.push(...resources.filter(isJsonObject));
      if (found.length >= total || resources.length === 0) return found;
    }
  }
}
