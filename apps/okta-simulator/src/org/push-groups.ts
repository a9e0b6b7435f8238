import { type GroupPush } from '../group-push.js';
import { type OktaGroup, type Person } from '../organization.js';
import { Refused } from './refused.js';

/** "Find groups by rule": by the beginning, the end or a part of the name, without regard to case. */
export interface PushRule {
  match: 'starts with' | 'ends with' | 'contains';
  value: string;
}

/** A line of the tab Push Groups. An inactive one sends nothing until it is activated. */
export interface PushMapping {
  active: boolean;
  /** The rule that found the group, or undefined when it was chosen by name. */
  rule: PushRule | undefined;
}

/** The tab Push Groups of one app. */
export class PushGroups {
  readonly mappings = new Map<OktaGroup, PushMapping>();
  readonly rules: PushRule[] = [];

  /** @param enabled whether the integration is: without, nothing is sent */
  constructor(
    private readonly groups: GroupPush,
    private readonly enabled: () => boolean,
  ) {}

  /** "Find groups by name", then Save. @throws Refused when the group is pushed already */
  pushByName(group: OktaGroup): void {
    if (this.mappings.has(group)) throw new Refused(`The group ${group.name} is pushed already.`, 409);
    this.#push(group, undefined);
  }

  /** "Find groups by rule": pushes those whose names match, and from now on those that come to match. */
  pushByRule(rule: PushRule, groups: Iterable<OktaGroup>): void {
    if (!rule.value) throw new Refused('Rule: say what the name of the group has in it.');
    this.rules.push(rule);
    for (const group of groups) this.groupNamed(group);
  }

  removeRule(index: number): void {
    if (this.rules.splice(index, 1).length === 0) throw new Refused('There is no such rule.', 404);
  }

  /** "Push Now": the whole membership, whatever the server has; creates the group when its first push failed. */
  pushNow(group: OktaGroup): void {
    this.#mapping(group);
    if (!this.enabled()) return;
    void (this.groups.has(group) ? this.groups.pushNow(group) : this.groups.push(group));
  }

  /** "Deactivate group push" stops the traffic; "Activate group push" sends the whole membership at once. */
  setActive(group: OktaGroup, active: boolean): void {
    const mapping = this.#mapping(group);
    if (mapping.active === active) return;
    mapping.active = active;
    if (active) this.pushNow(group);
  }

  /** "Unlink pushed group". @param target what becomes of the group at the other end */
  unlink(group: OktaGroup, target: 'delete' | 'leave'): void {
    this.#mapping(group);
    this.mappings.delete(group);
    if (target === 'delete' && this.enabled() && this.groups.has(group)) void this.groups.unlink(group);
    else this.groups.forget(group);
  }

  /** A group was made or has another name: a rule may find it now. */
  groupNamed(group: OktaGroup): void {
    const mapping = this.mappings.get(group);
    if (mapping) {
      if (this.#sends(mapping)) void this.groups.rename(group, group.name);
      return;
    }
    const rule = this.rules.find((each) => matches(each, group.name));
    if (rule) this.#push(group, rule);
  }

  /** People joined and left the group in Okta. */
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
