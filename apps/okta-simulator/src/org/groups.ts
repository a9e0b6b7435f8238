import { type OktaGroup, type Organization, type Person } from '../organization.js';
import { type AppInstance } from './app-instance.js';
import { Refused } from './refused.js';

/** Directory → Groups: what is done here is sent by the apps that assign or push the group. */
export class Groups {
  constructor(
    private readonly directory: Organization,
    private readonly apps: () => Iterable<AppInstance>,
  ) {}

  /** @throws Refused when the name is empty or taken */
  create(name: string): OktaGroup {
    this.#checkName(name);
    const group = this.directory.addGroup(name, []);
    for (const app of this.apps()) app.pushGroups.groupNamed(group);
    return group;
  }

  /** @throws Refused when the name is empty or taken */
  rename(group: OktaGroup, name: string): void {
    if (name === group.name) return;
    this.#checkName(name, group);
    group.name = name;
    for (const app of this.apps()) app.pushGroups.groupNamed(group);
  }

  /** People join and leave: those whose assignment depends on it come or go first, then the pushed group changes. */
  changeMembers(group: OktaGroup, { add = [], remove = [] }: { add?: Person[]; remove?: Person[] }): void {
    const joining = add.filter((person) => !group.members.has(person));
    const leaving = remove.filter((person) => group.members.has(person));
    if (joining.length + leaving.length === 0) return;
    for (const person of leaving) group.members.delete(person);
    for (const person of joining) group.members.add(person);
    for (const app of this.apps()) {
      if (app.assignments.groups.has(group))
        for (const person of [...joining, ...leaving]) app.assignments.follow(person);
      app.pushGroups.membersChanged(group, { add: joining, remove: leaving });
    }
  }

  #checkName(name: string, self?: OktaGroup): void {
    if (!name) throw new Refused('Name: enter one.');
    const other = this.directory.groupNamed(name);
    if (other && other !== self) throw new Refused(`Name: there is a group ${name}.`, 409);
  }
}
