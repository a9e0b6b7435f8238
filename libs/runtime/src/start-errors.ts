import { ConfigError, readRaw, type Environment } from './config.js';
import { isError, maskUrls } from '@tidegate/observability';

/** A start failure that an operator can fix. Its message is shown to the operator and contains no secrets. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The used properties of errors of Node, pg and amqplib. */
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
  /** Default ports by protocol. */
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

/** Node's error codes for certificates that are not trusted or not valid at this time. */
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

const hasCode =
  (...codes: string[]) =>
  (fault: Fault) =>
    codes.includes(String(fault.code));
const messageMatches = (pattern: RegExp) => (fault: Fault) => pattern.test(fault.message);
const isListenError = (fault: Fault) => fault.syscall === 'listen';
const quotedName = (fault: Fault) => /["'](.*?)["']/.exec(fault.message)?.[1] ?? '';

/**
 * The first rule that applies gives the sentence. PostgreSQL's codes:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html. pg 8 and amqplib 2 set no code for some errors; those are
 * recognized by message.
 */
const RULES: readonly Rule[] = [
  [
    hasCode('EADDRINUSE'),
    ({ port }) => `Port ${String(port)} is in use. Stop the other program, or set PORT to a free port.`,
  ],
  [
    (fault) => hasCode('EACCES')(fault) && isListenError(fault),
    ({ port }) => `This user cannot open port ${String(port)}. Set PORT to a port above 1023.`,
  ],
  [
    (fault) => hasCode('EADDRNOTAVAIL')(fault) && isListenError(fault),
    ({ address }) => `The address ${String(address)} does not belong to this machine.`,
  ],
  [
    hasCode('ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET'),
    (fault, env) => `${serverOfFault(fault, env)} cannot be reached (${String(fault.code)}). Check that it is running.`,
  ],
  [
    hasCode('28P01', '28000'),
    (_, env) => `${where(POSTGRES, env)} refused the login. Check the user and password in DATABASE_URL.`,
  ],
  [
    messageMatches(/client password must be/),
    (_, env) => `${where(POSTGRES, env)} requires a password. Add it to DATABASE_URL.`,
  ],
  [
    hasCode('3D000'),
    (fault, env) =>
      `The database "${quotedName(fault)}" does not exist on ${where(POSTGRES, env)}. Create it, or correct DATABASE_URL.`,
  ],
  [hasCode('57P03'), (_, env) => `${where(POSTGRES, env)} is starting up or shutting down. Try again in a moment.`],
  [
    hasCode('53300'),
    (_, env) => `${where(POSTGRES, env)} has no free connections. Raise max_connections, or stop a client.`,
  ],
  [
    messageMatches(/server does not support SSL connections/),
    (_, env) => `${where(POSTGRES, env)} does not support TLS. Correct sslmode in DATABASE_URL.`,
  ],
  [
    messageMatches(/^timeout expired$|due to connection timeout|timeout exceeded when trying to connect/),
    (_, env) => `${where(POSTGRES, env)} does not respond.`,
  ],
  [
    messageMatches(/^Connection terminated unexpectedly$/),
    (_, env) => `${where(POSTGRES, env)} closed the connection immediately. Check that it is PostgreSQL's port.`,
  ],
  [messageMatches(/^connect ETIMEDOUT$/), (_, env) => `${where(RABBIT, env)} does not respond.`],
  [
    messageMatches(/403 \(ACCESS-REFUSED\)/),
    (_, env) => `${where(RABBIT, env)} refused the login. Check the user and password in AMQP_URL.`,
  ],
  [
    messageMatches(/^Expected ConnectionOpenOk/),
    (_, env) =>
      `${where(RABBIT, env)} refused the virtual host in AMQP_URL. Check that it exists and that this user has access.`,
  ],
  [
    messageMatches(/^Socket closed abruptly during opening handshake|^Frame size \d+ exceeds/),
    (_, env) => `${where(RABBIT, env)} does not support AMQP. Check that it is RabbitMQ's port.`,
  ],
  [
    hasCode(...UNTRUSTED),
    (fault, env) =>
      `The TLS certificate of ${tlsServers(env)} is not trusted (${String(fault.code)}). ` +
      'Check sslrootcert in DATABASE_URL and cacertfile in AMQP_URL.',
  ],
  [
    hasCode('ERR_TLS_CERT_ALTNAME_INVALID'),
    (fault, env) => `The TLS certificate of ${tlsServers(env)} is for another host. ${fault.message}`,
  ],
  [
    hasCode('ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'),
    (_, env) => `${tlsServers(env)} does not support TLS. Check that it is the TLS port.`,
  ],
  [
    (fault) => fault.syscall === 'open' && typeof fault.path === 'string',
    ({ path, code: reason }) => `The file ${String(path)} cannot be read (${String(reason)}).`,
  ],
];

/**
 * Explains a start failure to an operator. Searches causes, TypeORM's `driverError` and lists of errors.
 * @param env with DATABASE_URL and AMQP_URL, for their hosts
 * @returns a sentence without passwords; undefined for unexpected errors (bugs), whose stack should be shown
 */
export function explainStartError(error: unknown, env: Environment = process.env): string | undefined {
  const faults = unwrap(error, 4);
  const explained = faults.find((fault) => fault instanceof ConfigError || fault instanceof StartError);
  if (explained) return maskUrls(explained.message);
  for (const fault of faults) {
    const rule = RULES.find(([applies]) => applies(fault));
    if (rule) return maskUrls(rule[1](fault, env));
  }
  return undefined;
}

/** Inner errors first, because their wrappers lack the host and port. */
function unwrap(error: unknown, depth: number): Error[] {
  if (!isError(error) || depth === 0) return [];
  const { cause, driverError, errors } = error as { cause?: unknown; driverError?: unknown; errors?: unknown };
  const inner = [cause, driverError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [...inner.flatMap((one) => unwrap(one, depth - 1)), error];
}

/** Socket errors contain only an address, so the server is looked up in the configured URLs. */
function serverOfFault(fault: Fault, env: Environment): string {
  const port = typeof fault.port === 'number' ? fault.port : undefined;
  const host = [fault.hostname, fault.address].find((one) => typeof one === 'string');
  for (const server of [POSTGRES, RABBIT]) {
    const target = targetOf(server, env);
    if (target && (port === undefined ? target.host === host : target.port === port)) return where(server, env);
  }
  const byPort = [POSTGRES, RABBIT].find(({ ports }) => port !== undefined && Object.values(ports).includes(port));
  return `${byPort?.name ?? 'A server'} at ${host ?? 'an unknown address'}${port === undefined ? '' : `:${port}`}`;
}

function where(server: Server, env: Environment): string {
  const target = targetOf(server, env);
  return target ? `${server.name} at ${target.host}:${target.port}` : server.name;
}

/** The servers with TLS, because a certificate error does not name its server. */
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
