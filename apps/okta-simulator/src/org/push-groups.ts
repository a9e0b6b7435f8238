import { type GroupPush } from '../group-push.js';
import { type OktaGroup, type Person } from '../organization.js';
import { Refused } from './refused.js';

/** "Find groups by rule": matches the start, the end or a part of the name, case-insensitively. */
export interface PushRule {
  match: 'starts with' | 'ends with' | 'contains';
  value: string;
}

/** A row of the tab Push Groups. Inactive ones send nothing. */
export interface PushMapping {
  active: boolean;
  /** The rule that matched the group; undefined if it was selected by name. */
  rule: PushRule | undefined;
}

/** The tab Push Groups of one app. */
export class PushGroups {
  readonly mappings = new Map<OktaGroup, PushMapping>();
  readonly rules: PushRule[] = [];

  /** @param enabled whether the integration is enabled; otherwise nothing is sent */
  constructor(
    private readonly groups: GroupPush,
    private readonly enabled: () => boolean,
  ) {}

  /** "Find groups by name", then Save. @throws Refused if the group is already pushed */
  pushByName(group: OktaGroup): void {
    if (this.mappings.has(group)) throw new Refused(`The group ${group.name} is already pushed.`, 409);
    this.#push(group, undefined);
  }

  /** "Find groups by rule": pushes groups with matching names, now and later. @throws Refused without a value */
  pushByRule(rule: PushRule, groups: Iterable<OktaGroup>): void {
    if (!rule.value) throw new Refused('Rule: enter a value to match names of groups.');
    this.rules.push(rule);
    for (const group of groups) this.handleName(group);
  }

  removeRule(index: number): void {
    if (this.rules.splice(index, 1).length === 0) throw new Refused('The rule does not exist.', 404);
  }

  /** "Push Now": sends all members; creates the group if its first push failed. */
  pushNow(group: OktaGroup): void {
    this.#mapping(group);
    if (!this.enabled()) return;
    void (this.groups.has(group) ? this.groups.pushNow(group) : this.groups.push(group));
  }

  /** "Deactivate group push" stops sending changes; "Activate group push" sends all members. */
  setActive(group: OktaGroup, active: boolean): void {
    const mapping = this.#mapping(group);
    if (mapping.active === active) return;
    mapping.active = active;
    if (active) this.pushNow(group);
  }

  /** "Unlink pushed group". @param target whether the server deletes or keeps the group */
  unlink(group: OktaGroup, target: 'delete' | 'leave'): void {
    this.#mapping(group);
    this.mappings.delete(group);
    if (target === 'delete' && this.enabled() && this.groups.has(group)) void this.groups.unlink(group);
    else this.groups.forget(group);
  }

  /** Handles a new or renamed group: sends the new name, or pushes the group if a rule matches. */
  handleName(group: OktaGroup): void {
    const mapping = this.mappings.get(group);
    if (mapping) {
      if (this.#sends(mapping)) void this.groups.rename(group, group.name);
      return;
    }
    const rule = this.rules.find((each) => matches(each, group.name));
    if (rule) this.#push(group, rule);
  }

  /** Sends changed members of a pushed group. */
  membersChanged(group: OktaGroup, change: { add?: Person[]; remove?: Person[] }): void {
    const mapping = this.mappings.get(group);
    if (mapping && this.#sends(mapping)) void this.groups.changeMembers(group, change);
  }

  #push(group: OktaGroup, rule: PushRule | undefined): void {
    this.mappings.set(group, { active: true, rule });
    if (this.enabled()) void this.groups.push(group);
  }

  #sends(mapping: PushMapping): boolean {
    return mapping.active && this.enabled();
  }

  #mapping(group: OktaGroup): PushMapping {
    const mapping = this.mappings.get(group);
    if (!mapping) throw new Refused(`The group ${group.name} is not pushed.`, 404);
    return mapping;
  }
}

function matches({ match, value }: PushRule, name: string): boolean {
  const [text, part] = [name.toLowerCase(), value.toLowerCase()];
  switch (match) {
    case 'starts with':
      return text.startsWith(part);
    case 'ends with':
      return text.endsWith(part);
    case 'contains':
      return text.includes(part);
  }
}
