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
  /** Where the admin pages are; a new app's redirect URI begins with it. */
  origin: string;
  /** Origin of Tidegate, which apps with a connection id begin with. */
  tidegate?: string;
  clock?: Clock;
  /** Seconds until a call that is not answered has failed. */
  timeoutSeconds?: number;
  /** Called after whatever may have changed something. */
  changed?: (org: OktaOrg) => void;
}

/** One Okta organization: its directory, the apps that were added, and who may log in where. */
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

  /** "Add Integration". @param label the app's name; empty: the catalog's. @throws Refused */
  addApp(key: string, label = ''): AppInstance {
    if (!isCatalogKey(key)) throw new Refused(`There is no app ${key} in the catalog.`, 404);
    const { origin, tidegate = '' } = this.#options;
    const entry = CATALOG[key];
    const general = generalDefaults(entry, label || entry.label, origin, tidegate);
    return this.restoreApp(oktaId('0oa', randomBytes(16).toString('hex')), key, general);
  }

  /** Takes up what a file held. */
  restoreApp(id: string, key: CatalogKey, general: GeneralSettings): AppInstance {
    const { clock = SYSTEM_CLOCK, timeoutSeconds = 60 } = this.#options;
    const app = new AppInstance({ id, key, general, clock, timeoutSeconds, ended: () => this.changed() });
    this.apps.set(id, app);
    return app;
  }

  /** Deletes the app: it forgets whom it had, and nothing is sent. @throws Refused */
  removeApp(id: string): void {
    this.app(id).connection.close();
    this.apps.delete(id);
  }

  /** @throws Refused when there is no such app */
  app(id: string): AppInstance {
    const app = this.apps.get(id);
    if (!app) throw new Refused(`There is no app ${id}.`, 404);
    return app;
  }

  /** @throws Refused when there is no such person */
  person(id: string): Person {
    const person = this.directory.people.get(id);
    if (!person) throw new Refused(`There is no person ${id}.`, 404);
    return person;
  }

  /** @throws Refused when there is no such group */
  group(id: string): OktaGroup {
    const group = this.directory.groups.get(id);
    if (!group) throw new Refused(`There is no group ${id}.`, 404);
    return group;
  }

  /** Resolves when no task of any app runs; those that wait after a 429 are not waited for. */
  async idle(): Promise<void> {
    await Promise.all([...this.apps.values()].map((app) => app.tasks.idle()));
  }

  /** To be called after whatever may have changed something. */
  changed(): void {
    this.#options.changed?.(this);
  }

  close(): void {
    for (const app of this.apps.values()) app.connection.close();
  }
}
