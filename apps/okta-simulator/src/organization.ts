import { createHash } from 'node:crypto';
import { type JsonObject } from './json.js';

/** SCIM attributes of a person, in the order in which Okta sends them. */
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
  /** Okta id, sent as SCIM `externalId`: `00u` and 17 letters and digits. */
  readonly id: string;
  profile: Profile;
  status: PersonStatus;
}

export interface OktaGroup {
  /** `00g` and 17 letters and digits; not sent over SCIM. */
  readonly id: string;
  name: string;
  readonly members: Set<Person>;
}

/** The directory of an Okta organization: people and groups. */
export class Organization {
  /** By Okta id. */
  readonly people = new Map<string, Person>();
  /** By Okta id. */
  readonly groups = new Map<string, OktaGroup>();
  /** Ids in use and of deleted people and groups, which are never reused. */
  readonly #usedIds = new Set<string>();

  /**
   * @param userName an e-mail address; the id is derived from it, so that repeated runs produce the same ids
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

  /** Restores stored people, groups and used ids. */
  restore({ people, groups, usedIds }: { people: Person[]; groups: OktaGroup[]; usedIds: string[] }): void {
    for (const person of people) this.people.set(person.id, person);
    for (const group of groups) this.groups.set(group.id, group);
    for (const id of usedIds) this.#usedIds.add(id);
  }

  /** All ids that were ever used. */
  get usedIds(): string[] {
    return [...this.#usedIds];
  }

  /** @returns the person with this user name, compared case-insensitively */
  personNamed(userName: string): Person | undefined {
    return [...this.people.values()].find((each) => same(each.profile.userName, userName));
  }

  groupNamed(name: string): OktaGroup | undefined {
    return [...this.groups.values()].find((each) => same(each.name, name));
  }

  #newId(prefix: '00u' | '00g', seed: string): string {
    let id = oktaId(prefix, seed);
    for (let attempt = 2; this.#usedIds.has(id); attempt += 1) id = oktaId(prefix, `${seed} ${attempt}`);
    this.#usedIds.add(id);
    return id;
  }
}

/** @returns the prefix and 17 letters and digits derived from the seed */
export function oktaId(prefix: '00u' | '00g' | '0oa', seed: string): string {
  const digits = createHash('sha256').update(seed).digest('base64').replace(/[+/=]/g, '');
  return prefix + digits.slice(0, 17);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
