import { type ScimProfile } from '@tidegate/scim';
import { type Reach, type Role, type Scope } from './roles.js';

/** A person at a login provider. Only issuer and subject together are unique and stable (OpenID Connect Core §2). */
export interface Identity {
  issuer: string;
  subject: string;
}

/** The SCIM credential of a call. */
export interface Credential {
  kind: 'token' | 'oauth';
  id: string;
}

/** A caller of /scim/v2 of one integration. */
export interface ScimClient {
  kind: 'scim';
  integrationId: string;
  profile: ScimProfile;
  /** At most a second old; empty means all. */
  groupsToSync: string[];
  credential: Credential;
}

/** Issuer of sessions opened with an API key. No login provider can have it, because it is not an https URL. */
export const KEY_ISSUER = 'urn:tidegate:api-key';

/** The creator of an API key: a person, or another key; key id `configured` is the root key. */
export type Maker = { kind: 'person'; issuer: string; subject: string } | { kind: 'apiKey'; keyId: string };

/** A caller with an API key. */
export interface ApiKeyCaller {
  kind: 'key';
  /** `configured` for the configured key. */
  keyId: string;
  name: string;
  /** Null for a root key. */
  maker: Maker | null;
  /** The person whose rights limit the key, and their active users: integration → user. Null below a root key. */
  person: (Identity & Pick<Person, 'users'>) | null;
  scopes: 'all' | readonly Scope[];
  integrations: Reach;
  /** Null without expiry. */
  expiresAt: Date | null;
}

/** A logged-in person, identified by issuer and subject, never by an e-mail address. */
export interface Person {
  kind: 'person';
  sessionId: string;
  issuer: string;
  subject: string;
  /** Integrations where the person has the role or a higher one. */
  roles: Readonly<Record<Role, Reach>>;
  /** The active users of the person: integration → user. */
  users: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 of the last login. */
  authenticatedAt: number;
  /** Embedded in the forms of this session and required when they are submitted. */
  csrfToken: string;
}

/** The authenticated caller of a request. */
export type Caller = ScimClient | ApiKeyCaller | Person;

/** A refused credential of an integration. The 401 has no reason; the provisioning log has it. */
export interface RefusedCredential {
  integrationId: string;
  credential: Credential;
  /** `bare`: sent without a scheme to an integration whose profile does not allow it. */
  reason: 'expired' | 'revoked' | 'disabled' | 'bare';
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; undefined for unauthenticated callers. */
    caller: Caller | undefined;
    /** Set when the SCIM credential was refused. */
    refusedCredential: RefusedCredential | undefined;
  }
}
