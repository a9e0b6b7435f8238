/** The user that all Okta apps post to `/Users` (Okta's SCIM 2.0 reference). */
export interface OktaUser {
  schemas: string[];
  userName: string;
  name: { givenName: string; familyName: string };
  emails: { primary: boolean; value: string; type: string }[];
  displayName: string;
  locale: string;
  externalId: string;
  /** Always sent and always empty; read-only in Tidegate. */
  groups: [];
  /** Random when Okta does not sync passwords. Must never be stored, returned or logged. */
  password: string;
  active: boolean;
}

/** Builds the body of Okta's create call; `overrides` replaces whole attributes. */
export type CreatePayload = (overrides?: Partial<OktaUser>) => OktaUser & Record<string, unknown>;

/** A person by given and family name, with an address at example.com and a stable Okta id. */
export function person(givenName: string, familyName: string): CreatePayload {
  const userName = `${givenName}.${familyName}@example.com`.toLowerCase();
  return (overrides = {}) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    name: { givenName, familyName },
    emails: [{ primary: true, value: userName, type: 'work' }],
    displayName: `${givenName} ${familyName}`,
    locale: 'en-US',
    externalId: oktaId(`${givenName}${familyName}`),
    groups: [],
    password: '1mz050nq',
    active: true,
    ...overrides,
  });
}

/** Requests access. */
export const alice = person('Alice', 'Archer');
/** Reviews. */
export const bob = person('Bob', 'Baker');
/** Reviews. */
export const carol = person('Carol', 'Carter');
/** Administers. */
export const dan = person('Dan', 'Draper');
/** Has left the company: inactive by default. */
export const erin: CreatePayload = (overrides = {}) => person('Erin', 'Evans')({ active: false, ...overrides });

/** Okta's user ids are 20 letters and digits that start with `00u`. */
function oktaId(seed: string): string {
  return `00u${seed.padEnd(17, '0').slice(0, 17)}`;
}
