import { randomBytes } from 'node:crypto';
import { type AppKind } from './app-kind.js';
import { isJsonObject, type JsonObject, overlay } from './json.js';
import { type Person, type Profile } from './organization.js';
import { type Scim, ScimFailure } from './scim-client.js';
import { createUser, existenceQuery, type Member, patchUser, replaceUser } from './shapes.js';
import { type TaskList } from './tasks.js';

/** How the app knows a person. */
export interface Assignment {
  /** The SCIM `id` that the server gave. */
  id: string;
  active: boolean;
}

/** The people assigned to one app, and how the app writes them. Every method resolves to whether its task was done. */
export class UserProvisioning {
  readonly #assignments = new Map<Person, Assignment>();

  /**
   * @param assigned whether the person is assigned to the app now. A task that waited or is retried does nothing when that
   *   has changed; undefined: every task is done as it was asked for
   */
  constructor(
    private readonly kind: AppKind,
    private readonly client: Scim,
    private readonly tasks: TaskList,
    private readonly assigned: (person: Person) => boolean | undefined = () => undefined,
  ) {}

  /** Existence check by `userName`; then create, or link to what was found and push the profile. */
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

  /** Looks the person up by `userName` and links to what was found. @returns whether something was */
  async find(person: Person): Promise<boolean> {
    const found = await this.#find(person);
    if (found) this.#link(person, found);
    return found !== undefined;
  }

  /** Profile update as GET and PUT. @param changes in SCIM's words: `{ name: { givenName: 'Alicia' } }` */
  updateProfile(person: Person, changes: JsonObject): Promise<boolean> {
    this.#change(person, changes);
    return this.#task('update', person, () => this.#overlayAndPut(this.idOf(person), changes));
  }

  /** Profile update as one PATCH without a path, as catalog apps with the switch "Support PATCH for User" send it. */
  patchProfile(person: Person, changes: JsonObject): Promise<boolean> {
    this.#change(person, changes);
    return this.#task('update', person, async () => {
      await this.client.send('PATCH', this.#path(person), patchUser(changes));
    });
  }

  /** What unassigning, leaving the assigned group, or deactivation in Okta sends. Okta never sends DELETE. */
  deactivate(person: Person): Promise<boolean> {
    const work = async () => {
      // Its creation failed: there is nobody to deactivate.
      if (this.assigned(person) === false && this.state(person) === 'unknown') return;
      await this.#setActive(person, false);
    };
    return this.#task('deactivate', person, work, false);
  }

  /** Existence check first, then the activation. Group membership is not sent again. */
  reactivate(person: Person): Promise<boolean> {
    return this.#task('reactivate', person, async () => {
      if (!(await this.find(person))) throw new ScimFailure(404, `${person.profile.userName} is not there any more`);
      await this.#setActive(person, true);
    });
  }

  /** @returns whether the app knows the person's SCIM id, and whether the person is active there */
  state(person: Person): 'unknown' | 'active' | 'inactive' {
    const assignment = this.#assignments.get(person);
    if (!assignment) return 'unknown';
    return assignment.active ? 'active' : 'inactive';
  }

  /** @returns the person's SCIM id. @throws ScimFailure when the person was never assigned */
  idOf(person: Person): string {
    const assignment = this.#assignments.get(person);
    if (!assignment) throw new ScimFailure(undefined, `${person.profile.userName} is not assigned to the app`);
    return assignment.id;
  }

  /** @returns the people as group push writes them, without those who are not assigned or not active. */
  members(people: Iterable<Person>): Member[] {
    const assigned = [...people].filter((person) => this.#assignments.get(person)?.active);
    return assigned.map((person) => ({ value: this.idOf(person), display: person.profile.userName }));
  }

  /** @returns the SCIM ids of those who were ever assigned, active or not. */
  idsOf(people: Iterable<Person>): string[] {
    return [...people].filter((person) => this.#assignments.has(person)).map((person) => this.idOf(person));
  }

  /** Whom the app knows, to be kept in a file, and taken up from there. */
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
    if (typeof id !== 'string') throw new ScimFailure(undefined, 'the user that was returned has no id');
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
    if (!current) throw new ScimFailure(200, 'the user that was read is empty');
    await this.client.send('PUT', path, replaceUser(current, changes));
  }

  #change(person: Person, changes: JsonObject): void {
    person.profile = overlay(person.profile, changes) as Profile;
  }

  #path(person: Person): string {
    return `/Users/${encodeURIComponent(this.idOf(person))}`;
  }
}

/** Eight random letters and digits, as Okta sends where no password is synchronised. */
function placeholderPassword(): string {
  return BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(8, '0')
    .slice(-8);
}
