import { ConfigError, readRaw, type Environment } from './config.js';
import { isError, maskUrls } from './redact.js';

/** A start failure the operator can mend; its message is the one clear sentence to show, without secrets. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What Node, pg and amqplib put on their errors. */
interface Fault {
  readonly message: string;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly port?: unknown;
  readonly address?: unknown;
  readonly hostname?: unknown;
  readonly path?: unknown;
}

interface Server {
  readonly name: string;
  readonly setting: string;
  /** The port when the URL names none, by protocol. */
  readonly ports: Readonly<Record<string, number>>;
  readonly overTls: (url: URL) => boolean;
}

const POSTGRES: Server = {
  name: 'PostgreSQL',
  setting: 'DATABASE_URL',
  ports: { 'postgres:': 5432, 'postgresql:': 5432 },
  overTls: ({ searchParams }) => searchParams.get('sslmode') === 'verify-full',
};
const RABBIT: Server = {
  name: 'RabbitMQ',
  setting: 'AMQP_URL',
  ports: { 'amqp:': 5672, 'amqps:': 5671 },
  overTls: ({ protocol }) => protocol === 'amqps:',
};

/** Node's codes of a certificate that no trusted authority signed, or not for now. */
const UNTRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
];

type Rule = readonly [applies: (fault: Fault) => boolean, sentence: (fault: Fault, env: Environment) => string];

const code =
  (...codes: string[]) =>
  (fault: Fault) =>
    codes.includes(String(fault.code));
const says = (pattern: RegExp) => (fault: Fault) => pattern.test(fault.message);
const listening = (fault: Fault) => fault.syscall === 'listen';
const quoted = (fault: Fault) => /["'](.*?)["']/.exec(fault.message)?.[1] ?? '';

/**
 * The first rule that applies speaks. PostgreSQL's codes: https://www.postgresql.org/docs/current/errcodes-appendix.html;
 * where pg 8 and amqplib 2 set no code, the words of their messages must do.
 */
const RULES: readonly Rule[] = [
  [
    code('EADDRINUSE'),
    ({ port }) => `Port ${String(port)} is in use: stop the other program, or set PORT to a free port.`,
  ],
  [
    (fault) => code('EACCES')(fault) && listening(fault),
    ({ port }) => `Port ${String(port)} may not be opened by this user: set PORT to a port above 1023.`,
  ],
  [
    (fault) => code('EADDRNOTAVAIL')(fault) && listening(fault),
    ({ address }) => `The address ${String(address)} is not one of this machine's.`,
  ],
  [
    code('ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET'),
    (fault, env) => `${whereFault(fault, env)} cannot be reached (${String(fault.code)}): is it running?`,
  ],
  [
    code('28P01', '28000'),
    (_, env) => `${where(POSTGRES, env)} refused the password: check user and password in DATABASE_URL.`,
  ],
  [says(/client password must be/), (_, env) => `${where(POSTGRES, env)} wants a password: put one into DATABASE_URL.`],
  [
    code('3D000'),
    (fault, env) =>
      `The database "${quoted(fault)}" does not exist on ${where(POSTGRES, env)}: create it, or correct DATABASE_URL.`,
  ],
  [code('57P03'), (_, env) => `${where(POSTGRES, env)} is starting up or shutting down: try again in a moment.`],
  [
    code('53300'),
    (_, env) => `${where(POSTGRES, env)} has no connection left: raise max_connections, or stop a client.`,
  ],
  [
    says(/server does not support SSL connections/),
    (_, env) => `${where(POSTGRES, env)} does not speak TLS: correct sslmode in DATABASE_URL.`,
  ],
  [
    says(/^timeout expired$|due to connection timeout|timeout exceeded when trying to connect/),
    (_, env) => `${where(POSTGRES, env)} does not answer.`,
  ],
  [
    says(/^Connection terminated unexpectedly$/),
    (_, env) => `${where(POSTGRES, env)} closed the connection at once: is it PostgreSQL's port?`,
  ],
  [says(/^connect ETIMEDOUT$/), (_, env) => `${where(RABBIT, env)} does not answer.`],
  [
    says(/403 \(ACCESS-REFUSED\)/),
    (_, env) => `${where(RABBIT, env)} refused the password: check user and password in AMQP_URL.`,
  ],
  [
    says(/^Expected ConnectionOpenOk/),
    (_, env) =>
      `${where(RABBIT, env)} does not open the virtual host in AMQP_URL: does it exist, and may this user use it?`,
  ],
  [
    says(/^Socket closed abruptly during opening handshake|^Frame size \d+ exceeds/),
    (_, env) => `${where(RABBIT, env)} does not speak AMQP: is it RabbitMQ's port?`,
  ],
  [
    code(...UNTRUSTED),
    (fault, env) =>
      `The TLS certificate of ${tlsServers(env)} is not trusted (${String(fault.code)}): ` +
      'check sslrootcert in DATABASE_URL, cacertfile in AMQP_URL.',
  ],
  [
    code('ERR_TLS_CERT_ALTNAME_INVALID'),
    (fault, env) => `The TLS certificate of ${tlsServers(env)} is for another host. ${fault.message}`,
  ],
  [
    code('ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'),
    (_, env) => `${tlsServers(env)} does not speak TLS: is it the port for TLS?`,
  ],
  [
    (fault) => fault.syscall === 'open' && typeof fault.path === 'string',
    ({ path, code: reason }) => `The file ${String(path)} cannot be read (${String(reason)}).`,
  ],
];

/**
 * The sentence that tells an operator why a service could not start, or undefined for an error that is nobody's
 * mistake but ours (a bug: show its stack). Looks through causes, TypeORM's `driverError` and lists of errors.
 * `env` gives the hosts of DATABASE_URL and AMQP_URL; the sentence never holds a password.
 */
export function explainStartError(error: unknown, env: Environment = process.env): string | undefined {
  const faults = unwrap(error, 4);
  const told = faults.find((fault) => fault instanceof ConfigError || fault instanceof StartError);
  if (told) return maskUrls(told.message);
  for (const fault of faults) {
    const rule = RULES.find(([applies]) => applies(fault));
    if (rule) return maskUrls(rule[1](fault, env));
  }
  return undefined;
}

/** Inner errors first: they know the host and port that their wrappers lack. */
function unwrap(error: unknown, depth: number): Error[] {
  if (!isError(error) || depth === 0) return [];
  const { cause, driverError, errors } = error as { cause?: unknown; driverError?: unknown; errors?: unknown };
  const inner = [cause, driverError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [...inner.flatMap((one) => unwrap(one, depth - 1)), error];
}

/** Socket errors name an address alone, so it is looked up in the URLs the service was given. */
function whereFault(fault: Fault, env: Environment): string {
  const port = typeof fault.port === 'number' ? fault.port : undefined;
  const host = [fault.hostname, fault.address].find((one) => typeof one === 'string');
  for (const server of [POSTGRES, RABBIT]) {
    const target = targetOf(server, env);
    if (target && (port === undefined ? target.host === host : target.port === port)) return where(server, env);
  }
  const known = [POSTGRES, RABBIT].find(({ ports }) => port !== undefined && Object.values(ports).includes(port));
  return `${known?.name ?? 'A server'} at ${host ?? 'an unknown address'}${port === undefined ? '' : `:${port}`}`;
}

function where(server: Server, env: Environment): string {
  const target = targetOf(server, env);
  return target ? `${server.name} at ${target.host}:${target.port}` : server.name;
}

/** The servers that are reached over TLS: the error of a certificate does not say which of them it came from. */
function tlsServers(env: Environment): string {
  const servers = [POSTGRES, RABBIT].filter((server) => {
    const url = urlOf(server, env);
    return url !== undefined && server.overTls(url);
  });
  return servers.map((server) => where(server, env)).join(' or ') || 'PostgreSQL or RabbitMQ';
}

function targetOf(server: Server, env: Environment): { host: string; port: number } | undefined {
  const url = urlOf(server, env);
  return url && { host: url.hostname || 'localhost', port: Number(url.port) || (server.ports[url.protocol] ?? 0) };
}

function urlOf({ setting }: Server, env: Environment): URL | undefined {
  try {
    return new URL(readRaw(env, setting)?.text ?? '');
  } catch {
    return undefined;
  }
}
