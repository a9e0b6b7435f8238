import { randomBytes } from 'node:crypto';
import { type AppKind } from './app-kind.js';
import { isJsonObject, type JsonObject, overlay } from './json.js';
import { type Person, type Profile } from './organization.js';
import { type Scim, ScimFailure } from './scim-client.js';
import { createUser, existenceQuery, type Member, patchUser, replaceUser } from './shapes.js';
import { type TaskList } from './tasks.js';

/** The SCIM user that an app has linked to a person. */
export interface Assignment {
  /** SCIM `id`. */
  id: string;
  active: boolean;
}

/** Provisions the people assigned to one app. Methods with a task resolve to whether it succeeded. */
export class UserProvisioning {
  readonly #assignments = new Map<Person, Assignment>();

  /**
   * @param assigned whether the person is currently assigned. Delayed and retried tasks do nothing if that has changed;
   *   undefined: tasks always run
   */
  constructor(
    private readonly kind: AppKind,
    private readonly client: Scim,
    private readonly tasks: TaskList,
    private readonly assigned: (person: Person) => boolean | undefined = () => undefined,
  ) {}

  /** Searches by `userName`; then creates the user, or links the existing one and sends the profile. */
  assign(person: Person): Promise<boolean> {
    return this.#task('assign', person, async () => {
      const found = await this.#find(person);
      if (!found) {
        const created = await this.client.send('POST', '/Users', createUser(person, placeholderPassword()));
        if (!created) throw new ScimFailure(201, 'Create new user returned empty user.');
        this.#link(person, created);
        return;
      }
      const { id } = this.#link(person, found);
      await this.#overlayAndPut(id, { ...person.profile, externalId: person.id, active: true });
      this.#assignments.set(person, { id, active: true });
    });
  }

  /** Searches by `userName` and links the user. @returns whether it was found */
  async find(person: Person): Promise<boolean> {
    const found = await this.#find(person);
    if (found) this.#link(person, found);
    return found !== undefined;
  }

  /** Profile update as GET and PUT. @param changes SCIM attributes: `{ name: { givenName: 'Alicia' } }` */
  updateProfile(person: Person, changes: JsonObject): Promise<boolean> {
    this.#change(person, changes);
    return this.#task('update', person, () => this.#overlayAndPut(this.idOf(person), changes));
  }

  /** Profile update as one PATCH without a path, as catalog apps with "Support PATCH for User" send it. */
  patchProfile(person: Person, changes: JsonObject): Promise<boolean> {
    this.#change(person, changes);
    return this.#task('update', person, async () => {
      await this.client.send('PATCH', this.#path(person), patchUser(changes));
    });
  }

  /** Sent after unassignment, removal from the assigned group, or deactivation. Okta never sends DELETE. */
  deactivate(person: Person): Promise<boolean> {
    const work = async () => {
      // The creation failed, so no user exists to deactivate.
      if (this.assigned(person) === false && this.state(person) === 'unknown') return;
      await this.#setActive(person, false);
    };
    return this.#task('deactivate', person, work, false);
  }

  /** Searches the user, then activates it. Group memberships are not sent again. */
  reactivate(person: Person): Promise<boolean> {
    return this.#task('reactivate', person, async () => {
      if (!(await this.find(person))) throw new ScimFailure(404, `${person.profile.userName} no longer exists`);
      await this.#setActive(person, true);
    });
  }

  /** @returns the state of the linked SCIM user; `unknown` without one */
  state(person: Person): 'unknown' | 'active' | 'inactive' {
    const assignment = this.#assignments.get(person);
    if (!assignment) return 'unknown';
    return assignment.active ? 'active' : 'inactive';
  }

  /** @returns the person's SCIM id. @throws ScimFailure if the person was never assigned */
  idOf(person: Person): string {
    const assignment = this.#assignments.get(person);
    if (!assignment) throw new ScimFailure(undefined, `${person.profile.userName} is not assigned to the app`);
    return assignment.id;
  }

  /** @returns the members for group push: assigned and active people only */
  members(people: Iterable<Person>): Member[] {
    const assigned = [...people].filter((person) => this.#assignments.get(person)?.active);
    return assigned.map((person) => ({ value: this.idOf(person), display: person.profile.userName }));
  }

  /** @returns the SCIM ids of people who were ever assigned, active or not */
  idsOf(people: Iterable<Person>): string[] {
    return [...people].filter((person) => this.#assignments.has(person)).map((person) => this.idOf(person));
  }

  /** Linked people, for the store. */
  get known(): Iterable<[Person, Assignment]> {
    return this.#assignments;
  }

  restore(known: Iterable<[Person, Assignment]>): void {
    for (const [person, assignment] of known) this.#assignments.set(person, assignment);
  }

  #task(verb: string, person: Person, work: () => Promise<void>, whenAssigned = true): Promise<boolean> {
    return this.tasks.run(`${verb} ${person.profile.userName}`, async () => {
      if (this.assigned(person) !== !whenAssigned) await work();
    });
  }

  async #find(person: Person): Promise<JsonObject | undefined> {
    const list = await this.client.send('GET', `/Users?${existenceQuery('userName', person.profile.userName)}`);
    const resources = list?.['Resources'];
    return Array.isArray(resources) ? resources.find(isJsonObject) : undefined;
  }

  #link(person: Person, resource: JsonObject): Assignment {
    const id = resource['id'];
    if (typeof id !== 'string') throw new ScimFailure(undefined, 'the returned user has no id');
    const assignment = { id, active: resource['active'] !== false };
    this.#assignments.set(person, assignment);
    return assignment;
  }

  async #setActive(person: Person, active: boolean): Promise<void> {
    if (this.kind === 'oin') await this.client.send('PATCH', this.#path(person), patchUser({ active }));
    else await this.#overlayAndPut(this.idOf(person), { active });
    this.#assignments.set(person, { id: this.idOf(person), active });
  }

  async #overlayAndPut(id: string, changes: JsonObject): Promise<void> {
    const path = `/Users/${encodeURIComponent(id)}`;
    const current = await this.client.send('GET', path);
    if (!current) throw new ScimFailure(200, 'the response to the read of the user is empty');
    await this.client.send('PUT', path, replaceUser(current, changes));
  }

  #change(person: Person, changes: JsonObject): void {
    person.profile = overlay(person.profile, changes) as Profile;
  }

  #path(person: Person): string {
    return `/Users/${encodeURIComponent(this.idOf(person))}`;
  }
}

/** Eight random letters and digits, as Okta sends without password sync. */
function placeholderPassword(): string {
  return BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(8, '0')
    .slice(-8);
}
