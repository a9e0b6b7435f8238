import { type OktaGroup, type Organization, type Person } from '../organization.js';
import { type AppInstance } from './app-instance.js';
import { Refused } from './refused.js';

/** Directory → Groups. Apps that assign or push the group send its changes. */
export class Groups {
  constructor(
    private readonly directory: Organization,
    private readonly apps: () => Iterable<AppInstance>,
  ) {}

  /** @throws Refused if the name is empty or in use */
  create(name: string): OktaGroup {
    this.#checkName(name);
    const group = this.directory.addGroup(name, []);
    for (const app of this.apps()) app.pushGroups.handleName(group);
    return group;
  }

  /** @throws Refused if the name is empty or in use */
  rename(group: OktaGroup, name: string): void {
    if (name === group.name) return;
    this.#checkName(name, group);
    group.name = name;
    for (const app of this.apps()) app.pushGroups.handleName(group);
  }

  /** Changes members: first updates assignments through the group, then the pushed group. */
  changeMembers(group: OktaGroup, { add = [], remove = [] }: { add?: Person[]; remove?: Person[] }): void {
    const added = add.filter((person) => !group.members.has(person));
    const removed = remove.filter((person) => group.members.has(person));
    if (added.length + removed.length === 0) return;
    for (const person of removed) group.members.delete(person);
    for (const person of added) group.members.add(person);
    for (const app of this.apps()) {
      if (app.assignments.groups.has(group))
        for (const person of [...added, ...removed]) app.assignments.update(person);
      app.pushGroups.membersChanged(group, { add: added, remove: removed });
    }
  }

  #checkName(name: string, self?: OktaGroup): void {
    if (!name) throw new Refused('Name: enter a name.');
    const other = this.directory.groupNamed(name);
    if (other && other !== self) throw new Refused(`Name: a group ${name} already exists.`, 409);
  }
}
