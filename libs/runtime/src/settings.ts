import { isIP } from 'node:net';

/** One setting of a service; `readConfig` reads a table of them. */
export interface Setting<T> {
  /** Name of the environment variable. */
  readonly name: string;
  /** Completes "must be …" in error messages. */
  readonly expects: string;
  /** Whether an error can quote an invalid value; false when it can contain a secret. */
  readonly shown: boolean;
  /** Reads a trimmed, non-empty string; returns undefined when it is invalid. */
  readonly parse: (text: string) => T | undefined;
  /** The default; without it the setting is required. */
  readonly fallback?: { readonly value: T };
}

const fallbackOf = <T>(value: T | undefined) => (value === undefined ? {} : { fallback: { value } });

/** A string of at most 1,000 characters. Required without a default, like all settings below. */
export function text(name: string, byDefault?: string): Setting<string> {
  return {
    name,
    expects: 'a string of at most 1000 characters',
    shown: true,
    parse: (given) => (given.length <= 1000 ? given : undefined),
    ...fallbackOf(byDefault),
  };
}

/** A whole number from `min` to `max`, both included. */
export function integer(name: string, min: number, max: number, byDefault?: number): Setting<number> {
  return {
    name,
    expects: `a whole number from ${min} to ${max}`,
    shown: true,
    parse: (given) => {
      const value = /^-?\d{1,15}$/.test(given) ? Number(given) : NaN;
      return value >= min && value <= max ? value : undefined;
    },
    ...fallbackOf(byDefault),
  };
}

/** A TCP port; 0 selects a free port. */
export function port(name: string, byDefault?: number): Setting<number> {
  return integer(name, 0, 65_535, byDefault);
}

/** An IP address to listen on; `::` accepts connections over IPv6 and IPv4. */
export function ipAddress(name: string, byDefault?: string): Setting<string> {
  return {
    name,
    expects: 'an IP address, such as 127.0.0.1 or ::1',
    shown: true,
    parse: (given) => (isIP(given) ? given : undefined),
    ...fallbackOf(byDefault),
  };
}

/** A URL with one of `protocols` (`['https']`), unchanged. Never shown, because it can contain a password. */
export function url(name: string, protocols: readonly string[], byDefault?: string): Setting<string> {
  return {
    name,
    expects: `a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    shown: false,
    parse: (given) => {
      const isAllowed = protocols.some((protocol) => given.toLowerCase().startsWith(`${protocol}://`));
      return isAllowed && URL.canParse(given) ? given : undefined;
    },
    ...fallbackOf(byDefault),
  };
}

/** TLS parameters of a PostgreSQL URL (https://www.postgresql.org/docs/current/libpq-connect.html). */
const POSTGRES_TLS = /^(ssl|uselibpqcompat)/;
const POSTGRES_TLS_KNOWN = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * The URL of PostgreSQL: `postgres://user:password@host:5432/database`, with `?sslmode=verify-full` for TLS. Modes that do
 * not check the certificate and the host name are refused.
 */
export function postgresUrl(name: string, byDefault?: string): Setting<string> {
  return restricted(
    url(name, ['postgres', 'postgresql'], byDefault),
    'TLS parameters require sslmode=verify-full',
    ({ searchParams }) => {
      const tls = [...searchParams.keys()].filter((parameter) => POSTGRES_TLS.test(parameter.toLowerCase()));
      const mode = searchParams.getAll('sslmode').join();
      if (mode === 'disable' || tls.length === 0) return tls.length <= 1;
      return mode === 'verify-full' && tls.every((parameter) => POSTGRES_TLS_KNOWN.includes(parameter));
    },
  );
}

/** TLS parameters of an AMQP URL (https://www.rabbitmq.com/docs/uri-query-parameters). */
const AMQP_TLS = ['cacertfile', 'certfile', 'keyfile', 'verify'];

/**
 * The URL of RabbitMQ: `amqp://user:password@host:5672/vhost`, or `amqps://` for TLS, which always checks the certificate
 * and its host name.
 */
export function amqpUrl(name: string, byDefault?: string): Setting<string> {
  return restricted(
    url(name, ['amqp', 'amqps'], byDefault),
    'TLS parameters require amqps:// and verify_peer',
    ({ protocol, searchParams }) =>
      !AMQP_TLS.some((parameter) => searchParams.has(parameter)) ||
      (protocol === 'amqps:' && searchParams.getAll('verify').every((verify) => verify === 'verify_peer')),
  );
}

/** A URL setting with an additional condition. */
function restricted(setting: Setting<string>, condition: string, isMet: (url: URL) => boolean): Setting<string> {
  return {
    ...setting,
    expects: `${setting.expects}; ${condition}`,
    parse: (given) => {
      const value = setting.parse(given);
      return value !== undefined && isMet(new URL(value)) ? value : undefined;
    },
  };
}

/** An HTTP or HTTPS URL. */
export function httpUrl(name: string, byDefault?: string): Setting<string> {
  return url(name, ['https', 'http'], byDefault);
}

/** One of `allowed`, case-sensitive. */
export function oneOf<const W extends string>(name: string, allowed: readonly W[], byDefault?: NoInfer<W>): Setting<W> {
  return {
    name,
    expects: `one of ${allowed.join(', ')}`,
    shown: true,
    parse: (given) => allowed.find((word) => word === given),
    ...fallbackOf(byDefault),
  };
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** A boolean: true, false, 1 or 0. */
export function flag(name: string, byDefault?: boolean): Setting<boolean> {
  return {
    name,
    expects: 'true or false',
    shown: true,
    parse: (given) => FLAGS.get(given.toLowerCase()),
    ...fallbackOf(byDefault),
  };
}

/**
 * A secret, never shown.
 * @param minLength in characters, default 16
 * @param random whether to refuse values that are not random: see `looksRandom`
 */
export function secret(
  name: string,
  { minLength = 16, random = false }: { minLength?: number; random?: boolean } = {},
): Setting<string> {
  return {
    name,
    expects:
      `a secret of ${minLength} to 1000 characters` +
      (random ? ', generated at random, for example with `openssl rand -base64 32`' : ''),
    shown: false,
    parse: (given) =>
      given.length >= minLength && given.length <= 1000 && (!random || looksRandom(given)) ? given : undefined,
  };
}

/**
 * Whether a string of at least 32 characters can be random, also in hexadecimal. False for few different characters
 * (`aaaa…`), repeated words (`changeme…`) and the alphabet. 32 random hexadecimal digits fail with a probability below one
 * in a million.
 */
export function looksRandom(text: string): boolean {
  const characters = [...text];
  const pairs = characters.slice(1).map((character, i) => `${characters[i]}${character}`);
  const steps = pairs.map(([first = '', second = '']) => second.charCodeAt(0) - first.charCodeAt(0));
  return new Set(characters).size >= 8 && new Set(pairs).size >= 16 && new Set(steps).size >= 8;
}

/** Makes a setting optional: undefined when it is absent. An invalid value is still an error. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return { ...setting, fallback: { value: undefined } };
}
