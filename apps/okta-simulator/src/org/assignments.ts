import { type JsonObject } from '../json.js';
import { type OktaGroup, type Person } from '../organization.js';
import { type UserProvisioning } from '../user-provisioning.js';
import { type ToAppSettings } from './settings.js';

/** The tab Assignments of one app: people assigned directly or through a group; changes are sent to the server. */
export class Assignments {
  readonly people = new Set<Person>();
  readonly groups = new Set<OktaGroup>();
  /** People whose assignment was processed, whether or not it could be sent. */
  readonly #assigned = new Set<Person>();

  /** @param allowed whether the integration and the operation are enabled */
  constructor(
    private readonly users: UserProvisioning,
    private readonly allowed: (operation: keyof ToAppSettings) => boolean,
    private readonly updateProfile: (person: Person, changes: JsonObject) => unknown,
  ) {}

  assign(target: { person: Person } | { group: OktaGroup }): void {
    if ('person' in target) this.people.add(target.person);
    else this.groups.add(target.group);
    for (const person of 'person' in target ? [target.person] : target.group.members) this.update(person);
  }

  unassign(target: { person: Person } | { group: OktaGroup }): void {
    if ('person' in target) this.people.delete(target.person);
    else this.groups.delete(target.group);
    for (const person of 'person' in target ? [target.person] : target.group.members) this.update(person);
  }

  /** @returns how the person is assigned; undefined if not assigned */
  scopeOf(person: Person): 'person' | 'group' | undefined {
    if (this.people.has(person)) return 'person';
    return [...this.groups].some((group) => group.members.has(person)) ? 'group' : undefined;
  }

  /** @returns whether the assignment of the person was processed */
  has(person: Person): boolean {
    return this.#assigned.has(person);
  }

  /** Restores stored assignments without sending them. */
  restore(people: Iterable<Person>): void {
    for (const person of people) this.#assigned.add(person);
  }

  get assigned(): Iterable<Person> {
    return this.#assigned;
  }

  /**
   * Sends a changed assignment; call it after every change of status, group or assignment. Staged people are not sent, and
   * suspending or unsuspending sends nothing, as in Okta.
   */
  update(person: Person): void {
    const before = this.#assigned.has(person);
    const present = person.status === 'ACTIVE' || (person.status === 'SUSPENDED' && before);
    const after = present && this.scopeOf(person) !== undefined;
    if (after === before) return;
    if (after) {
      this.#assigned.add(person);
      if (!this.allowed('create')) return;
      void (this.users.state(person) === 'unknown' ? this.users.assign(person) : this.users.reactivate(person));
    } else {
      this.#assigned.delete(person);
      if (this.allowed('deactivate')) void this.users.deactivate(person);
    }
  }

  /** Sends a profile change. @param changes SCIM attributes */
  profileChanged(person: Person, changes: JsonObject): void {
    const shouldSend = this.#assigned.has(person) && person.status === 'ACTIVE' && this.allowed('update');
    if (shouldSend) void this.updateProfile(person, changes);
  }
}
