import { type Imported, OktaApp } from '../app.js';
import { type Clock } from '../clock.js';
import { TaskList } from '../tasks.js';
import { Assignments } from './assignments.js';
import { CATALOG, type CatalogEntry, type CatalogKey } from './catalog.js';
import { Connection } from './connection.js';
import { PushGroups } from './push-groups.js';
import { Refused } from './refused.js';
import { type GeneralSettings, type ToAppSettings } from './settings.js';

export interface AppInstanceOptions {
  id: string;
  key: CatalogKey;
  general: GeneralSettings;
  clock: Clock;
  /** Seconds until a call without a response fails. */
  timeoutSeconds: number;
  /** Called when a task has finished. */
  onTaskEnd: () => void;
}

/** An added app: its settings, assignments, pushed groups and tasks. */
export class AppInstance {
  readonly id: string;
  readonly key: CatalogKey;
  readonly entry: CatalogEntry;
  readonly tasks: TaskList;
  readonly connection: Connection;
  readonly provisioning: OktaApp;
  readonly assignments: Assignments;
  readonly pushGroups: PushGroups;
  toApp: ToAppSettings = { create: false, update: false, deactivate: false };
  /** Result of the last import. */
  imported: Imported | undefined;
  #general: GeneralSettings;

  constructor({ id, key, general, clock, timeoutSeconds, onTaskEnd }: AppInstanceOptions) {
    this.id = id;
    this.key = key;
    this.entry = CATALOG[key];
    this.#general = general;
    this.tasks = new TaskList({ sequential: true, clock, onTaskEnd });
    this.connection = new Connection(this.entry, () => this.#general, clock, this.tasks.pause, timeoutSeconds);
    this.provisioning = new OktaApp(this.entry.kind, this.connection, {
      tasks: this.tasks,
      changesPerPatch: () => this.#general.changesPerPatch,
      assigned: (person) => this.assignments.has(person),
    });
    const { users, groups } = this.provisioning;
    this.assignments = new Assignments(
      users,
      (operation) => this.enabled && this.toApp[operation],
      (person, changes) => {
        const patch = this.entry.kind === 'oin' && this.#general.profileUpdates === 'patch';
        return patch ? users.patchProfile(person, changes) : users.updateProfile(person, changes);
      },
    );
    this.pushGroups = new PushGroups(groups, () => this.enabled);
  }

  get general(): GeneralSettings {
    return this.#general;
  }

  set general(general: GeneralSettings) {
    this.#general = general;
    this.connection.reset();
  }

  /** "Enable API integration". */
  get enabled(): boolean {
    return this.connection.saved.settings.enabled;
  }

  /** "Import Now". @returns users and groups of the server. @throws Refused if the integration is disabled or the import fails */
  async import(): Promise<Imported> {
    if (!this.enabled) throw new Refused('Enable the API integration first.', 409);
    const imported = await this.provisioning.import();
    if (!imported) throw new Refused(`The import failed: ${this.tasks.failed.at(-1)?.detail}`, 409);
    this.imported = imported;
    return imported;
  }
}
