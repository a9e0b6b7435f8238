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

export interface Person {
  /** Okta's id, which SCIM carries as `externalId`: `00u` and 17 letters and digits. */
  readonly id: string;
  profile: Profile;
}

export interface OktaGroup {
  /** `00g` and 17 letters and digits. SCIM never carries it. */
  readonly id: string;
  name: string;
  readonly members: Set<Person>;
}

/** The directory of one Okta organization: its people and groups, before any app is told of them. */
export class Organization {
  readonly people = new Map<string, Person>();
  readonly groups = new Map<string, OktaGroup>();

  /**
   * @param userName the login, an e-mail address; the id depends on it alone, so that the same organization
   *   made again is recognised
   */
  addPerson(userName: string, givenName: string, familyName: string): Person {
    const person: Person = {
      id: oktaId('00u', userName),
      profile: {
        userName,
        name: { givenName, familyName },
        emails: [{ primary: true, value: userName, type: 'work' }],
        displayName: `${givenName} ${familyName}`,
        locale: 'en-US',
      },
    };
    this.people.set(userName, person);
    return person;
  }

  addGroup(name: string, members: Iterable<Person>): OktaGroup {
    const group: OktaGroup = { id: oktaId('00g', name), name, members: new Set(members) };
    this.groups.set(name, group);
    return group;
  }
}

/** @returns the prefix and 17 letters and digits that depend on the seed alone. */
function oktaId(prefix: '00u' | '00g', seed: string): string {
  const digits = createHash('sha256').update(seed).digest('base64').replace(/[+/=]/g, '');
  return prefix + digits.slice(0, 17);
}
