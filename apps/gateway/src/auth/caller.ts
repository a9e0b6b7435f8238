import { type ScimProfile } from '@tidegate/scim';
import { type Identity } from './people.queries.js';
import { type Reach, type Role, type Scope } from './roles.js';

/** What a SCIM client showed to come in. */
export interface Credential {
  kind: 'token' | 'oauth';
  id: string;
}

/** An OAuth or header client of one integration. */
export interface ScimClient {
  kind: 'scim';
  integrationId: string;
  profile: ScimProfile;
  /** As they were at most a second ago; none means all. */
  groupsToSync: string[];
  credential: Credential;
}

/** Stands for an issuer where an API key vouches for somebody; no provider can have it, for it is no URL of the web. */
export const KEY_ISSUER = 'urn:tidegate:api-key';

/** Who made an API key, in the shape of an actor: a person, or another key; `configured` is the root key. */
export type Maker = { kind: 'person'; issuer: string; subject: string } | { kind: 'apiKey'; keyId: string };

/** A program with an API key. */
export interface KeyHolder {
  kind: 'key';
  /** `configured` stands for the key of the configuration. */
  keyId: string;
  name: string;
  /** Null for a root key. */
  maker: Maker | null;
  /** By whose rights it works, with that person's active users: integration → user. Null for those of a root key. */
  person: (Identity & Pick<Person, 'users'>) | null;
  scopes: 'all' | readonly Scope[];
  integrations: Reach;
  /** Null when it has no end. */
  expiresAt: Date | null;
}

/** Somebody who logged in, known by (issuer, subject) and never by an e-mail address. */
export interface Person {
  kind: 'person';
  sessionId: string;
  issuer: string;
  subject: string;
  /** Where the person has the role, or a higher one. */
  roles: Readonly<Record<Role, Reach>>;
  /** Who the person is in the directory: integration → user. Holds active users only. */
  users: Readonly<Record<string, string>>;
  /** Milliseconds since 1970: when the person last proved who it is. */
  authenticatedAt: number;
  /** Stands in the forms that are made for this session, and must come back with them. */
  csrfToken: string;
}

/** Who is calling. */
export type Caller = ScimClient | KeyHolder | Person;

/** A credential of an integration that is not taken: its 401 tells nothing, the provisioning log tells why. */
export interface RefusedCredential {
  integrationId: string;
  credential: Credential;
  /** `bare`: it came without a scheme, to an integration whose client is taken by the letter. */
  reason: 'expired' | 'revoked' | 'disabled' | 'bare';
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; undefined for strangers. */
    caller: Caller | undefined;
    /** Set when the caller is refused for it. */
    refusedCredential: RefusedCredential | undefined;
  }
}
