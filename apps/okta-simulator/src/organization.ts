import { createHash } from 'node:crypto';
import { type JsonObject } from './json.js';

/** A person's attributes as the app's mapping writes them in SCIM, in the order Okta sends them. */
export interface Profile extends JsonObject {
  userName: string;
  name: JsonObject;
  emails: JsonObject[];
  displayName: string;
  locale: string;
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserLifecycle/ */
export type PersonStatus = 'STAGED' | 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONED';

export interface Person {
  /** Okta's id, which SCIM carries as `externalId`: `00u` and 17 letters and digits. */
  readonly id: string;
  profile: Profile;
  status: PersonStatus;
}

export interface OktaGroup {
  /** `00g` and 17 letters and digits. SCIM never carries it. */
  readonly id: string;
  name: string;
  readonly members: Set<Person>;
}

/** The directory of one Okta organization: its people and groups, before any app is told of them. */
export class Organization {
  /** By Okta id. */
  readonly people = new Map<string, Person>();
  /** By Okta id. */
  readonly groups = new Map<string, OktaGroup>();
  /** An id is never given twice, not even after its owner was deleted. */
  readonly #given = new Set<string>();

  /**
   * @param userName the login, an e-mail address; the id depends on it, so that the same organization made again is
   *   recognised
   */
  addPerson(userName: string, givenName: string, familyName: string): Person {
    const person: Person = {
      id: this.#newId('00u', userName),
      profile: {
        userName,
        name: { givenName, familyName },
        emails: [{ primary: true, value: userName, type: 'work' }],
        displayName: `${givenName} ${familyName}`,
        locale: 'en-US',
      },
      status: 'ACTIVE',
    };
    this.people.set(person.id, person);
    return person;
  }

  addGroup(name: string, members: Iterable<Person>): OktaGroup {
    const group: OktaGroup = { id: this.#newId('00g', name), name, members: new Set(members) };
    this.groups.set(group.id, group);
    return group;
  }

  /** Takes up a person or group that a file held, and ids that were given to those who are gone. */
  restore({ people, groups, given }: { people: Person[]; groups: OktaGroup[]; given: string[] }): void {
    for (const person of people) this.people.set(person.id, person);
    for (const group of groups) this.groups.set(group.id, group);
    for (const id of given) this.#given.add(id);
  }

  /** Every id that was ever given. */
  get given(): string[] {
    return [...this.#given];
  }

  /** @returns who logs in by this name, whatever its case. */
  personNamed(userName: string): Person | undefined {
    return [...this.people.values()].find((each) => same(each.profile.userName, userName));
  }

  groupNamed(name: string): OktaGroup | undefined {
    return [...this.groups.values()].find((each) => same(each.name, name));
  }

  #newId(prefix: '00u' | '00g', seed: string): string {
    let id = oktaId(prefix, seed);
    for (let more = 2; this.#given.has(id); more += 1) id = oktaId(prefix, `${seed} ${more}`);
    this.#given.add(id);
    return id;
  }
}

/** @returns the prefix and 17 letters and digits that depend on the seed alone. */
export function oktaId(prefix: '00u' | '00g' | '0oa', seed: string): string {
  const digits = createHash('sha256').update(seed).digest('base64').replace(/[+/=]/g, '');
  return prefix + digits.slice(0, 17);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
