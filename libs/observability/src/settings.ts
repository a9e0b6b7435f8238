/** One setting of a service: a row in the table that `readConfig` reads. */
export interface Setting<T> {
  /** Name of the environment variable. */
  readonly name: string;
  /** Completes "must be …" for people. */
  readonly expects: string;
  /** Whether a wrong value may be repeated in the fault; false for what may hold a secret. */
  readonly shown: boolean;
  /** The value of a trimmed, non-empty text, or undefined when it is not right. */
  readonly parse: (text: string) => T | undefined;
  /** What stands in when the setting is absent; without it the setting is required. */
  readonly fallback?: { readonly value: T };
}

const orRequired = <T>(value: T | undefined) => (value === undefined ? {} : { fallback: { value } });

/** Any text up to 1,000 characters. Required when no default is given, as for every kind below. */
export function text(name: string, byDefault?: string): Setting<string> {
  return {
    name,
    expects: 'a text of at most 1000 characters',
    shown: true,
    parse: (given) => (given.length <= 1000 ? given : undefined),
    ...orRequired(byDefault),
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
    ...orRequired(byDefault),
  };
}

/** A TCP port; 0 takes any free one. */
export function port(name: string, byDefault?: number): Setting<number> {
  return integer(name, 0, 65_535, byDefault);
}

/** A URL, as it was written, with one of `protocols` (`['https']`). Never shown, since it may carry a password. */
export function url(name: string, protocols: readonly string[], byDefault?: string): Setting<string> {
  return {
    name,
    expects: `a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    shown: false,
    parse: (given) => {
      const known = protocols.some((protocol) => given.toLowerCase().startsWith(`${protocol}://`));
      return known && URL.canParse(given) ? given : undefined;
    },
    ...orRequired(byDefault),
  };
}

/** Parameters of a PostgreSQL URL that are about TLS (https://www.postgresql.org/docs/current/libpq-connect.html). */
const POSTGRES_TLS = /^(ssl|uselibpqcompat)/;
const POSTGRES_TLS_KNOWN = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * Where PostgreSQL is: `postgres://user:password@host:5432/database`, with `?sslmode=verify-full` over TLS. The modes that
 * check no certificate or no host name are refused.
 */
export function postgresUrl(name: string, byDefault?: string): Setting<string> {
  return restricted(
    url(name, ['postgres', 'postgresql'], byDefault),
    'TLS parameters need sslmode=verify-full',
    ({ searchParams }) => {
      const tls = [...searchParams.keys()].filter((parameter) => POSTGRES_TLS.test(parameter.toLowerCase()));
      const mode = searchParams.getAll('sslmode').join();
      if (mode === 'disable' || tls.length === 0) return tls.length <= 1;
      return mode === 'verify-full' && tls.every((parameter) => POSTGRES_TLS_KNOWN.includes(parameter));
    },
  );
}

/** Parameters of an AMQP URL that are about TLS (https://www.rabbitmq.com/docs/uri-query-parameters). */
const AMQP_TLS = ['cacertfile', 'certfile', 'keyfile', 'verify'];

/**
 * Where RabbitMQ is: `amqp://user:password@host:5672/vhost`, or `amqps://` over TLS, which always checks the certificate
 * and its host name.
 */
export function amqpUrl(name: string, byDefault?: string): Setting<string> {
  return restricted(
    url(name, ['amqp', 'amqps'], byDefault),
    'TLS parameters need amqps:// and verify_peer',
    ({ protocol, searchParams }) =>
      !AMQP_TLS.some((parameter) => searchParams.has(parameter)) ||
      (protocol === 'amqps:' && searchParams.getAll('verify').every((verify) => verify === 'verify_peer')),
  );
}

/** The same setting of a URL, with one more condition on it. */
function restricted(setting: Setting<string>, condition: string, holds: (url: URL) => boolean): Setting<string> {
  return {
    ...setting,
    expects: `${setting.expects}; ${condition}`,
    parse: (given) => {
      const value = setting.parse(given);
      return value !== undefined && holds(new URL(value)) ? value : undefined;
    },
  };
}

/** An address of the web. */
export function httpUrl(name: string, byDefault?: string): Setting<string> {
  return url(name, ['https', 'http'], byDefault);
}

/** One word out of `allowed`, written exactly so. */
export function oneOf<const W extends string>(name: string, allowed: readonly W[], byDefault?: NoInfer<W>): Setting<W> {
  return {
    name,
    expects: `one of ${allowed.join(', ')}`,
    shown: true,
    parse: (given) => allowed.find((word) => word === given),
    ...orRequired(byDefault),
  };
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** true or false, also written 1 or 0. */
export function flag(name: string, byDefault?: boolean): Setting<boolean> {
  return {
    name,
    expects: 'true or false',
    shown: true,
    parse: (given) => FLAGS.get(given.toLowerCase()),
    ...orRequired(byDefault),
  };
}

/**
 * A secret text, never shown.
 * @param minLength counts characters and is 16 when absent
 * @param random refuses what was obviously chosen and not drawn: see `looksRandom`
 */
export function secret(
  name: string,
  { minLength = 16, random = false }: { minLength?: number; random?: boolean } = {},
): Setting<string> {
  return {
    name,
    expects:
      `a secret of ${minLength} to 1000 characters` +
      (random ? ' that is drawn at random, for example by `openssl rand -base64 32`' : ''),
    shown: false,
    parse: (given) =>
      given.length >= minLength && given.length <= 1000 && (!random || looksRandom(given)) ? given : undefined,
  };
}

/**
 * Whether a text of 32 characters or more may have been drawn at random, be it in hexadecimal. Refuses few different
 * characters (`aaaa…`), a word said over and over (`changeme…`), and the alphabet: 32 random hexadecimal digits fail with
 * a chance of less than one in a million.
 */
export function looksRandom(text: string): boolean {
  const characters = [...text];
  const pairs = characters.slice(1).map((character, i) => `${characters[i]}${character}`);
  const steps = pairs.map(([first = '', second = '']) => second.charCodeAt(0) - first.charCodeAt(0));
  return new Set(characters).size >= 8 && new Set(pairs).size >= 16 && new Set(steps).size >= 8;
}

/** The same setting, but undefined instead of a fault when it is absent; a wrong value stays a fault. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return { ...setting, fallback: { value: undefined } };
}
