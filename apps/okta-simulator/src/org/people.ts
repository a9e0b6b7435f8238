import { type JsonObject, overlay } from '../json.js';
import { type Organization, type Person, type PersonStatus, type Profile } from '../organization.js';
import { type AppInstance } from './app-instance.js';
import { hashPassword, isPassword } from './passwords.js';
import { Refused } from './refused.js';

export interface NewPerson {
  userName: string;
  givenName: string;
  familyName: string;
  /** Without a password the person can't log in. */
  password?: string;
  /** false: the person is staged and not sent to any app. */
  activate?: boolean;
}

/** Lifecycle actions with their allowed statuses and the resulting status. */
export const LIFECYCLE = {
  activate: { from: ['STAGED', 'DEPROVISIONED'], to: 'ACTIVE' },
  suspend: { from: ['ACTIVE'], to: 'SUSPENDED' },
  unsuspend: { from: ['SUSPENDED'], to: 'ACTIVE' },
  deactivate: { from: ['STAGED', 'ACTIVE', 'SUSPENDED'], to: 'DEPROVISIONED' },
} as const satisfies Record<string, { from: PersonStatus[]; to: PersonStatus }>;

export type Lifecycle = keyof typeof LIFECYCLE;

/** Directory → People. Apps send changes of people who are assigned to them. */
export class People {
  readonly #passwords = new Map<Person, string>();

  constructor(
    private readonly directory: Organization,
    private readonly apps: () => Iterable<AppInstance>,
  ) {}

  /** @throws Refused if the user name is in use or not an e-mail address */
  create({ userName, givenName, familyName, password, activate = true }: NewPerson): Person {
    this.#checkName(userName);
    if (!givenName || !familyName) throw new Refused('First name and last name: enter both.');
    const person = this.directory.addPerson(userName, givenName, familyName);
    if (!activate) person.status = 'STAGED';
    if (password) this.setPassword(person, password);
    return person;
  }

  /** @param changes SCIM attributes; sent by apps with "Update User Attributes". @throws Refused */
  update(person: Person, changes: JsonObject): void {
    const userName = changes['userName'];
    if (typeof userName === 'string' && userName !== person.profile.userName) this.#checkName(userName, person);
    person.profile = overlay(person.profile, changes) as Profile;
    for (const app of this.apps()) app.assignments.profileChanged(person, changes);
  }

  /**
   * Changes the status. Deactivation removes the person's direct assignments; assignments through groups apply again after
   * an activation.
   *
   * @throws Refused if the current status does not allow it
   */
  change(person: Person, lifecycle: Lifecycle): void {
    const { from, to } = LIFECYCLE[lifecycle];
    if (!(from as readonly PersonStatus[]).includes(person.status)) {
      throw new Refused(`${person.profile.userName} is ${person.status}, so ${lifecycle} is not possible.`, 409);
    }
    person.status = to;
    for (const { assignments } of this.apps()) {
      if (to === 'DEPROVISIONED') assignments.people.delete(person);
      assignments.update(person);
    }
  }

  /** Deletes a deactivated person without sending anything. @throws Refused */
  remove(person: Person): void {
    if (person.status !== 'DEPROVISIONED') throw new Refused('Deactivate the person first.', 409);
    this.directory.people.delete(person.id);
    for (const group of this.directory.groups.values()) group.members.delete(person);
  }

  /** @throws Refused if the password is too short */
  setPassword(person: Person, password: string): void {
    if (password.length < 8) throw new Refused('Password: enter at least eight characters.');
    this.#passwords.set(person, hashPassword(password));
  }

  /** @returns the active person with this user name and password; otherwise undefined */
  authenticate(userName: string, password: string): Person | undefined {
    const person = this.directory.personNamed(userName);
    const hash = person && this.#passwords.get(person);
    return hash && person.status === 'ACTIVE' && isPassword(password, hash) ? person : undefined;
  }

  passwordHash(person: Person): string | undefined {
    return this.#passwords.get(person);
  }

  /** Restores a stored password hash. */
  restorePassword(person: Person, hash: string): void {
    this.#passwords.set(person, hash);
  }

  #checkName(userName: string, self?: Person): void {
    if (!/^[^\s@]+@[^\s@]+$/.test(userName)) throw new Refused(`Username: "${userName}" is not an e-mail address.`);
    const other = this.directory.personNamed(userName);
    if (other && other !== self) throw new Refused(`Username: ${userName} is already in use.`, 409);
  }
}
