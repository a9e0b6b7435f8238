import { LOG_LEVELS } from '@tidegate/observability';
import {
  type ConfigOf,
  flag,
  httpUrl,
  integer,
  oneOf,
  optional,
  postgresUrl,
  secret,
  type Setting,
} from '@tidegate/runtime';
import { redirectOrigin } from './redirect-uris.rule.js';

/** A list of host names separated by commas, in lower case. */
function hostNames(name: string): Setting<readonly string[]> {
  return {
    name,
    expects: 'host names separated by commas',
    shown: true,
    parse: (given) => given.toLowerCase().split(/\s*,\s*/),
    fallback: { value: [] },
  };
}

/** A list of origins separated by commas that OAuth redirect URIs may have, besides those of Okta. */
function redirectOrigins(name: string): Setting<readonly string[]> {
  return {
    name,
    expects: 'https origins, or http origins on localhost, separated by commas',
    shown: true,
    parse: (given) => {
      const origins = given.split(/\s*,\s*/).map(redirectOrigin);
      return origins.every((origin) => origin !== undefined) ? origins : undefined;
    },
    fallback: { value: [] },
  };
}

/**
 * The settings of the gateway. Timeouts are in seconds and below 60, the timeout of Okta
 * (https://developer.okta.com/docs/concepts/scim/faqs/).
 */
export const SETTINGS = {
  databaseUrl: postgresUrl('DATABASE_URL'),
  poolSize: integer('DATABASE_POOL', 2, 200, 12),
  /** The root key of /api/v1. If unset, `createFirstApiKey` creates the first key. */
  apiKey: optional(secret('TIDEGATE_API_KEY', { minLength: 32, random: true })),
  /** Encrypts the data key. If unset, the data key is stored unencrypted. */
  encryptionKey: optional(secret('TIDEGATE_ENCRYPTION_KEY', { minLength: 32 })),
  /** The old encryption key, during a rotation. */
  previousEncryptionKey: optional(secret('TIDEGATE_ENCRYPTION_KEY_PREVIOUS', { minLength: 32 })),
  /** The public base URL. If unset, the scheme and host of each request are used. */
  publicUrl: optional(httpUrl('PUBLIC_URL')),
  /** Custom domains of Okta organizations. */
  allowedDomains: hostNames('ALLOWED_DOMAINS'),
  /** Allows login providers in private networks, and on localhost without https. */
  privateIssuers: flag('PRIVATE_ISSUERS', false),
  /** Origins of OAuth redirect URIs, besides those of Okta. */
  oauthRedirectOrigins: redirectOrigins('OAUTH_REDIRECT_ORIGINS'),
  /** Whether to trust X-Forwarded-* headers. */
  trustProxy: flag('TRUST_PROXY', false),
  /** Bearer token for /metrics on the public port; if unset, /metrics is disabled there. */
  metricsToken: optional(secret('METRICS_TOKEN', { minLength: 24 })),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
  scimWriteSeconds: integer('SCIM_WRITE_SECONDS', 1, 55, 50),
  scimReadSeconds: integer('SCIM_READ_SECONDS', 1, 55, 5),
  apiSeconds: integer('API_SECONDS', 1, 55, 5),
  /**
   * Limits of admission control: SCIM calls in progress, and bytes of their bodies and unsent responses. One integration
   * can use half, which must be enough for the largest group.
   */
  maxWaitingCalls: integer('MAX_WAITING_CALLS', 1, 100_000, 500),
  maxWaitingBytes: integer('MAX_WAITING_BYTES', 33_554_432, 16_000_000_000, 268_435_456),
  /** Closes a connection whose client reads nothing of the response for this long. */
  responseIdleSeconds: integer('RESPONSE_IDLE_SECONDS', 1, 600, 30),
  /** Limits of open connections: in total and per client address. Behind a proxy: requests in progress per address. */
  maxConnections: integer('MAX_CONNECTIONS', 100, 1_000_000, 10_000),
  maxConnectionsPerAddress: integer('MAX_CONNECTIONS_PER_ADDRESS', 10, 1_000_000, 1_000),
  /** Retention period of the provisioning log. */
  provisioningLogDays: integer('PROVISIONING_LOG_DAYS', 1, 3650, 30),
} as const;

export type GatewayConfig = ConfigOf<typeof SETTINGS>;

/** Injection token of the configuration. */
export const GATEWAY_CONFIG = Symbol('GATEWAY_CONFIG');

/** Injection token of the logger. */
export const LOGGER = Symbol('LOGGER');

/** Injection token of the gateway's own metrics. */
export const METRICS = Symbol('METRICS');
