import {
  type ConfigOf,
  flag,
  httpUrl,
  integer,
  LOG_LEVELS,
  oneOf,
  optional,
  postgresUrl,
  secret,
  type Setting,
} from '@tidegate/observability';
import { redirectOrigin } from './oauth/redirect-uris.rule.js';

/** Names separated by commas, without regard to case. */
function hostNames(name: string): Setting<readonly string[]> {
  return {
    name,
    expects: 'host names separated by commas',
    shown: true,
    parse: (given) => given.toLowerCase().split(/\s*,\s*/),
    fallback: { value: [] },
  };
}

/** Origins separated by commas, to which an OAuth client may send a browser back besides Okta's. */
function redirectOrigins(name: string): Setting<readonly string[]> {
  return {
    name,
    expects: 'https origins (or http ones of this machine) separated by commas',
    shown: true,
    parse: (given) => {
      const origins = given.split(/\s*,\s*/).map(redirectOrigin);
      return origins.every((origin) => origin !== undefined) ? origins : undefined;
    },
    fallback: { value: [] },
  };
}

/**
 * The settings of the gateway. Budgets are seconds: Okta hangs up after 60 s
 * (https://developer.okta.com/docs/concepts/scim/faqs/), so a write must be answered before.
 */
export const SETTINGS = {
  databaseUrl: postgresUrl('DATABASE_URL'),
  poolSize: integer('DATABASE_POOL', 2, 200, 12),
  /** The root key of /api/v1; without one a first key is made and told by `createGateway`. */
  apiKey: optional(secret('TIDEGATE_API_KEY', { minLength: 32, random: true })),
  /** What the key of all kept secrets is sealed under; without one whoever has the database has that key too. */
  encryptionKey: optional(secret('TIDEGATE_ENCRYPTION_KEY', { minLength: 32 })),
  /** The one before, while it is being changed. */
  previousEncryptionKey: optional(secret('TIDEGATE_ENCRYPTION_KEY_PREVIOUS', { minLength: 32 })),
  /** What Okta reaches us by; the request's own host when absent. */
  publicUrl: optional(httpUrl('PUBLIC_URL')),
  /** Okta organizations on domains of their own. */
  allowedDomains: hostNames('ALLOWED_DOMAINS'),
  /** Whether providers of logins may be in a private network, and on this machine without https. */
  privateIssuers: flag('PRIVATE_ISSUERS', false),
  /** Besides Okta's own, where a browser may be sent back to after an OAuth consent. */
  oauthRedirectOrigins: redirectOrigins('OAUTH_REDIRECT_ORIGINS'),
  /** Whether X-Forwarded-* come from a proxy of ours. */
  trustProxy: flag('TRUST_PROXY', false),
  /** The bearer of which reads /metrics at the public port; without one nobody does. */
  metricsToken: optional(secret('METRICS_TOKEN', { minLength: 24 })),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
  scimWriteSeconds: integer('SCIM_WRITE_SECONDS', 1, 55, 50),
  scimReadSeconds: integer('SCIM_READ_SECONDS', 1, 55, 5),
  apiSeconds: integer('API_SECONDS', 1, 55, 5),
  /**
   * How many SCIM calls may wait for their answer at once, and how many bytes their bodies, and answers that are not sent
   * yet, may hold. One integration may take half, which must be enough for the largest group.
   */
  maxWaitingCalls: integer('MAX_WAITING_CALLS', 1, 100_000, 500),
  maxWaitingBytes: integer('MAX_WAITING_BYTES', 33_554_432, 16_000_000_000, 268_435_456),
  /** How long a caller may take nothing of an answer. */
  answerIdleSeconds: integer('ANSWER_IDLE_SECONDS', 1, 600, 30),
  /** Connections at once, and those of one client address; behind a proxy the requests at once of one client address. */
  maxConnections: integer('MAX_CONNECTIONS', 100, 1_000_000, 10_000),
  maxConnectionsPerAddress: integer('MAX_CONNECTIONS_PER_ADDRESS', 10, 1_000_000, 1_000),
  /** How long the provisioning log is kept. */
  provisioningLogDays: integer('PROVISIONING_LOG_DAYS', 1, 3650, 30),
} as const;

export type GatewayConfig = ConfigOf<typeof SETTINGS>;

/** Injection token of the configuration. */
export const GATEWAY_CONFIG = Symbol('GATEWAY_CONFIG');

/** Injection token of the logger. */
export const LOGGER = Symbol('LOGGER');

/** Injection token of the gateway's own metrics. */
export const METRICS = Symbol('METRICS');
