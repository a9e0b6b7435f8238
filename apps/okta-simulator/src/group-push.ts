import { type AppKind } from './app-kind.js';
import { isJsonObject } from './json.js';
import { type OktaGroup, type Person } from './organization.js';
import { type Scim, ScimFailure } from './scim-client.js';
import { changeMembers, createGroup, existenceQuery, renameGroup, replaceGroup, replaceMembers } from './shapes.js';
import { type TaskList } from './tasks.js';
import { type UserProvisioning } from './user-provisioning.js';

/** Changes per PATCH: Okta's default, which catalog apps can raise to 1,000. */
export const CHANGES_PER_PATCH = 100;

/**
 * Pushes groups of one app. Only members who are assigned to the app and active are sent.
 * Methods with a task resolve to whether it succeeded.
 */
export class GroupPush {
  readonly #links = new Map<OktaGroup, string>();

  constructor(
    private readonly kind: AppKind,
    private readonly client: Scim,
    private readonly tasks: TaskList,
    private readonly users: UserProvisioning,
    private readonly changesPerPatch: () => number = () => CHANGES_PER_PATCH,
  ) {}

  /**
   * Searches a group of this name; creates it, or links to it and adds the members (catalog apps keep its old members).
   *
   * @param membersInPost false: create an empty group and send the members afterwards, as Okta does for newer apps
   */
  push(group: OktaGroup, { membersInPost = true } = {}): Promise<boolean> {
    return this.#task('push', group, async () => {
      const found = await this.#find(group);
      if (found !== undefined) {
        this.#links.set(group, found);
        await this.#addAndRemove(group, [...group.members], []);
        return;
      }
      const members = membersInPost ? this.users.members(group.members) : [];
      const created = await this.client.send('POST', '/Groups', createGroup(group, members));
      const id = created?.['id'];
      if (typeof id !== 'string') throw new ScimFailure(201, 'the created group has no id');
      this.#links.set(group, id);
      if (!membersInPost) await this.#replace(group);
    });
  }

  rename(group: OktaGroup, name: string): Promise<boolean> {
    group.name = name;
    return this.#task('rename', group, () => (this.kind === 'oin' ? this.#sendName(group) : this.#put(group)));
  }

  /** Changes members in Okta and sends the difference. */
  changeMembers(group: OktaGroup, { add = [], remove = [] }: { add?: Person[]; remove?: Person[] }): Promise<boolean> {
    for (const person of remove) group.members.delete(person);
    for (const person of add) group.members.add(person);
    return this.#task('change members of', group, () => this.#addAndRemove(group, add, remove));
  }

  /** "Push Now": sends all members. */
  pushNow(group: OktaGroup): Promise<boolean> {
    return this.#task('push now', group, () => this.#replace(group));
  }

  /** "Unlink pushed group" with "Delete the group in the target app". */
  unlink(group: OktaGroup): Promise<boolean> {
    return this.#task('unlink', group, async () => {
      await this.client.send('DELETE', this.#path(group));
      this.#links.delete(group);
    });
  }

  /** "Unlink pushed group" with "Leave the group in the target app": nothing is sent. */
  forget(group: OktaGroup): void {
    this.#links.delete(group);
  }

  /** @returns whether the SCIM id of the group is known */
  has(group: OktaGroup): boolean {
    return this.#links.has(group);
  }

  /** @returns the group's SCIM id. @throws ScimFailure if it is not pushed */
  idOf(group: OktaGroup): string {
    const id = this.#links.get(group);
    if (id === undefined) throw new ScimFailure(undefined, `the group ${group.name} is not pushed`);
    return id;
  }

  /** Linked groups with their SCIM ids, for the store. */
  get known(): Iterable<[OktaGroup, string]> {
    return this.#links;
  }

  restore(known: Iterable<[OktaGroup, string]>): void {
    for (const [group, id] of known) this.#links.set(group, id);
  }

  #task(verb: string, group: OktaGroup, work: () => Promise<void>): Promise<boolean> {
    return this.tasks.run(`${verb} ${group.name}`, work);
  }

  async #find(group: OktaGroup): Promise<string | undefined> {
    const list = await this.client.send('GET', `/Groups?${existenceQuery('displayName', group.name)}`);
    const resources = list?.['Resources'];
    const id = Array.isArray(resources) ? resources.find(isJsonObject)?.['id'] : undefined;
    return typeof id === 'string' ? id : undefined;
  }

  async #addAndRemove(group: OktaGroup, add: Person[], remove: Person[]): Promise<void> {
    if (this.kind === 'aiw') return this.#put(group);
    await this.#sendName(group);
    const additions = this.users.members(add);
    const removals = this.users.idsOf(remove);
    const limit = this.changesPerPatch();
    while (additions.length + removals.length > 0) {
      const removed = removals.splice(0, limit);
      const added = additions.splice(0, limit - removed.length);
      await this.client.send('PATCH', this.#path(group), changeMembers(added, removed));
    }
  }

  async #replace(group: OktaGroup): Promise<void> {
    if (this.kind === 'aiw') return this.#put(group);
    await this.#sendName(group);
    await this.client.send('PATCH', this.#path(group), replaceMembers(this.users.members(group.members)));
  }

  async #sendName(group: OktaGroup): Promise<void> {
    await this.client.send('PATCH', this.#path(group), renameGroup(group, this.idOf(group)));
  }

  async #put(group: OktaGroup): Promise<void> {
    await this.client.send('GET', this.#path(group));
    const body = replaceGroup(group, this.idOf(group), this.users.members(group.members));
    await this.client.send('PUT', this.#path(group), body);
  }

  #path(group: OktaGroup): string {
    return `/Groups/${encodeURIComponent(this.idOf(group))}`;
  }
}
