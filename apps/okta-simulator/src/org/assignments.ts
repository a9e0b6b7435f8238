import { type JsonObject } from '../json.js';
import { type OktaGroup, type Person } from '../organization.js';
import { type UserProvisioning } from '../user-provisioning.js';
import { type ToAppSettings } from './settings.js';

/** The tab Assignments of one app: who is assigned, by name or through a group, and what that has the app send. */
export class Assignments {
  readonly people = new Set<Person>();
  readonly groups = new Set<OktaGroup>();
  /** Whom the app was told to have; it changes when a person comes or goes, whether or not that could be sent. */
  readonly #told = new Set<Person>();

  /** @param allowed whether the integration is enabled and the switch of the operation is on */
  constructor(
    private readonly users: UserProvisioning,
    private readonly allowed: (operation: keyof ToAppSettings) => boolean,
    private readonly updateProfile: (person: Person, changes: JsonObject) => unknown,
  ) {}

  assign(target: { person: Person } | { group: OktaGroup }): void {
    if ('person' in target) this.people.add(target.person);
    else this.groups.add(target.group);
    for (const person of 'person' in target ? [target.person] : target.group.members) this.follow(person);
  }

  unassign(target: { person: Person } | { group: OktaGroup }): void {
    if ('person' in target) this.people.delete(target.person);
    else this.groups.delete(target.group);
    for (const person of 'person' in target ? [target.person] : target.group.members) this.follow(person);
  }

  /** @returns how the person is assigned, if at all */
  scopeOf(person: Person): 'person' | 'group' | undefined {
    if (this.people.has(person)) return 'person';
    return [...this.groups].some((group) => group.members.has(person)) ? 'group' : undefined;
  }

  /** Whom the app was told to have. */
  has(person: Person): boolean {
    return this.#told.has(person);
  }

  /** Takes up what a file held: nothing is sent. */
  restore(told: Iterable<Person>): void {
    for (const person of told) this.#told.add(person);
  }

  get told(): Iterable<Person> {
    return this.#told;
  }

  /**
   * Sends what became of the person's assignment: to be called after every change of status, group or assignment. People
   * who are not activated yet are not sent; those who are suspended stay as they are, since Okta sends nothing then.
   */
  follow(person: Person): void {
    const before = this.#told.has(person);
    const present = person.status === 'ACTIVE' || (person.status === 'SUSPENDED' && before);
    const after = present && this.scopeOf(person) !== undefined;
    if (after === before) return;
    if (after) {
      this.#told.add(person);
      if (!this.allowed('create')) return;
      void (this.users.state(person) === 'unknown' ? this.users.assign(person) : this.users.reactivate(person));
    } else {
      this.#told.delete(person);
      if (this.allowed('deactivate')) void this.users.deactivate(person);
    }
  }

  /** The profile changed. @param changes in SCIM's words */
  profileChanged(person: Person, changes: JsonObject): void {
    const send = this.#told.has(person) && person.status === 'ACTIVE' && this.allowed('update');
    if (send) void this.updateProfile(person, changes);
  }
}
