import { randomBytes } from 'node:crypto';
import { type Clock, SYSTEM_CLOCK } from '../clock.js';
import { type OktaGroup, oktaId, Organization, type Person } from '../organization.js';
import { AppInstance } from './app-instance.js';
import { CATALOG, type CatalogKey, isCatalogKey } from './catalog.js';
import { Groups } from './groups.js';
import { LoginClients } from './login-clients.js';
import { People } from './people.js';
import { Refused } from './refused.js';
import { type GeneralSettings, generalDefaults } from './settings.js';

export interface OktaOrgOptions {
  /** Origin of the admin pages and of redirect URIs of new apps. */
  origin: string;
  /** Origin of Tidegate, for apps with a connection id. */
  tidegate?: string;
  clock?: Clock;
  /** Seconds until a call without a response fails. */
  timeoutSeconds?: number;
  /** Called after every possible change. */
  changed?: (org: OktaOrg) => void;
}

/** An Okta organization: directory, apps and login clients. */
export class OktaOrg {
  readonly directory = new Organization();
  readonly apps = new Map<string, AppInstance>();
  readonly loginClients = new LoginClients();
  readonly people: People;
  readonly groups: Groups;
  readonly #options: OktaOrgOptions;

  constructor(options: OktaOrgOptions) {
    this.#options = options;
    this.people = new People(this.directory, () => this.apps.values());
    this.groups = new Groups(this.directory, () => this.apps.values());
  }

  /** "Add Integration". @param label name of the app; empty: the name in the catalog. @throws Refused */
  addApp(key: string, label = ''): AppInstance {
    if (!isCatalogKey(key)) throw new Refused(`The catalog has no app ${key}.`, 404);
    const { origin, tidegate = '' } = this.#options;
    const entry = CATALOG[key];
    const general = generalDefaults(entry, label || entry.label, origin, tidegate);
    return this.restoreApp(oktaId('0oa', randomBytes(16).toString('hex')), key, general);
  }

  /** Restores a stored app. */
  restoreApp(id: string, key: CatalogKey, general: GeneralSettings): AppInstance {
    const { clock = SYSTEM_CLOCK, timeoutSeconds = 60 } = this.#options;
    const app = new AppInstance({ id, key, general, clock, timeoutSeconds, onTaskEnd: () => this.changed() });
    this.apps.set(id, app);
    return app;
  }

  /** Deletes an app without sending anything. @throws Refused */
  removeApp(id: string): void {
    this.app(id).connection.close();
    this.apps.delete(id);
  }

  /** @throws Refused for an unknown app */
  app(id: string): AppInstance {
    const app = this.apps.get(id);
    if (!app) throw new Refused(`App ${id} does not exist.`, 404);
    return app;
  }

  /** @throws Refused for an unknown person */
  person(id: string): Person {
    const person = this.directory.people.get(id);
    if (!person) throw new Refused(`Person ${id} does not exist.`, 404);
    return person;
  }

  /** @throws Refused for an unknown group */
  group(id: string): OktaGroup {
    const group = this.directory.groups.get(id);
    if (!group) throw new Refused(`Group ${id} does not exist.`, 404);
    return group;
  }

  /** Resolves when no task of any app is running; tasks that pause after a 429 are not awaited. */
  async idle(): Promise<void> {
    await Promise.all([...this.apps.values()].map((app) => app.tasks.idle()));
  }

  /** Reports a possible change; call it after every action. */
  changed(): void {
    this.#options.changed?.(this);
  }

  close(): void {
    for (const app of this.apps.values()) app.connection.close();
  }
}
