/** A user as Okta posts it to `/Users`: this shape, with these keys, whatever the app (Okta's SCIM 2.0 reference). */
export interface OktaUser {
  schemas: string[];
  userName: string;
  name: { givenName: string; familyName: string };
  emails: { primary: boolean; value: string; type: string }[];
  displayName: string;
  locale: string;
  externalId: string;
  /** Always sent and always empty; read-only for us. */
  groups: [];
  /** Okta sends a random one even when it does not sync passwords. Never to be kept, returned or logged. */
  password: string;
  active: boolean;
}

/** Builds the body of Okta's create call; `overrides` replaces whole attributes. */
export type CreatePayload = (overrides?: Partial<OktaUser>) => OktaUser & Record<string, unknown>;

/** Somebody by first and family name, with an address at example.com and a lasting Okta id. */
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

/** Asks for access. */
export const alice = person('Alice', 'Archer');
/** Reviews. */
export const bob = person('Bob', 'Baker');
/** Reviews. */
export const carol = person('Carol', 'Carter');
/** Administers. */
export const dan = person('Dan', 'Draper');
/** Has left: inactive unless a test says otherwise. */
export const erin: CreatePayload = (overrides = {}) => person('Erin', 'Evans')({ active: false, ...overrides });

/** Okta's user ids are 20 letters and digits beginning with `00u`. */
function oktaId(seed: string): string {
  return `00u${seed.padEnd(17, '0').slice(0, 17)}`;
}
