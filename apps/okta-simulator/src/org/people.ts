import { type JsonObject, overlay } from '../json.js';
import { type Organization, type Person, type PersonStatus, type Profile } from '../organization.js';
import { type AppInstance } from './app-instance.js';
import { hashPassword, isPassword } from './passwords.js';
import { Refused } from './refused.js';

export interface NewPerson {
  userName: string;
  givenName: string;
  familyName: string;
  /** Without one the person cannot log in. */
  password?: string;
  /** false: staged, and not sent to any app yet. */
  activate?: boolean;
}

/** What can be done to a person, from which statuses, and what the person is then. */
export const LIFECYCLE = {
  activate: { from: ['STAGED', 'DEPROVISIONED'], to: 'ACTIVE' },
  suspend: { from: ['ACTIVE'], to: 'SUSPENDED' },
  unsuspend: { from: ['SUSPENDED'], to: 'ACTIVE' },
  deactivate: { from: ['STAGED', 'ACTIVE', 'SUSPENDED'], to: 'DEPROVISIONED' },
} as const satisfies Record<string, { from: PersonStatus[]; to: PersonStatus }>;

export type Lifecycle = keyof typeof LIFECYCLE;

/** Directory → People: what is done here is sent by the apps that it concerns. */
export class People {
  readonly #passwords = new Map<Person, string>();

  constructor(
    private readonly directory: Organization,
    private readonly apps: () => Iterable<AppInstance>,
  ) {}

  /** @throws Refused when the user name is no e-mail address or taken */
  create({ userName, givenName, familyName, password, activate = true }: NewPerson): Person {
    this.#checkName(userName);
    if (!givenName || !familyName) throw new Refused('First name and last name: enter both.');
    const person = this.directory.addPerson(userName, givenName, familyName);
    if (!activate) person.status = 'STAGED';
    if (password) this.setPassword(person, password);
    return person;
  }

  /** @param changes in SCIM's words; sent by the apps whose switch "Update User Attributes" is on. @throws Refused */
  update(person: Person, changes: JsonObject): void {
    const userName = changes['userName'];
    if (typeof userName === 'string' && userName !== person.profile.userName) this.#checkName(userName, person);
    person.profile = overlay(person.profile, changes) as Profile;
    for (const app of this.apps()) app.assignments.profileChanged(person, changes);
  }

  /**
   * Activate, suspend, unsuspend, deactivate. Deactivation takes the person out of every app; being assigned through a
   * group counts again after an activation.
   *
   * @throws Refused when the person's status does not allow it
   */
  change(person: Person, lifecycle: Lifecycle): void {
    const { from, to } = LIFECYCLE[lifecycle];
    if (!(from as readonly PersonStatus[]).includes(person.status)) {
      throw new Refused(`${person.profile.userName} is ${person.status}: cannot ${lifecycle}.`, 409);
    }
    person.status = to;
    for (const { assignments } of this.apps()) {
      if (to === 'DEPROVISIONED') assignments.people.delete(person);
      assignments.follow(person);
    }
  }

  /** Deletes one who is deactivated; the deactivation was sent, and nothing more is. @throws Refused */
  remove(person: Person): void {
    if (person.status !== 'DEPROVISIONED') throw new Refused('Deactivate the person first.', 409);
    this.directory.people.delete(person.id);
    for (const group of this.directory.groups.values()) group.members.delete(person);
  }

  /** @throws Refused when it is short */
  setPassword(person: Person, password: string): void {
    if (password.length < 8) throw new Refused('Password: at least eight characters.');
    this.#passwords.set(person, hashPassword(password));
  }

  /** @returns the active person who logs in so */
  authenticate(userName: string, password: string): Person | undefined {
    const person = this.directory.personNamed(userName);
    const hash = person && this.#passwords.get(person);
    return hash && person.status === 'ACTIVE' && isPassword(password, hash) ? person : undefined;
  }

  passwordHash(person: Person): string | undefined {
    return this.#passwords.get(person);
  }

  /** Takes up what a file held. */
  restorePassword(person: Person, hash: string): void {
    this.#passwords.set(person, hash);
  }

  #checkName(userName: string, self?: Person): void {
    if (!/^[^\s@]+@[^\s@]+$/.test(userName)) throw new Refused(`Username: "${userName}" is not an e-mail address.`);
    const other = this.directory.personNamed(userName);
    if (other && other !== self) throw new Refused(`Username: ${userName} is taken.`, 409);
  }
}
