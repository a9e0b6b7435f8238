import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig, type Environment } from './config.js';
import {
  amqpUrl,
  flag,
  httpUrl,
  integer,
  ipAddress,
  oneOf,
  optional,
  port,
  postgresUrl,
  secret,
  text,
  type Setting,
} from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'tidegate-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function faultsOf(env: Environment, settings: Record<string, Setting<unknown>>): readonly string[] {
  try {
    readConfig(env, settings);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  const settings = {
    port: port('PORT', 3000),
    databaseUrl: postgresUrl('DATABASE_URL'),
    amqpUrl: optional(amqpUrl('AMQP_URL')),
    logLevel: oneOf('LOG_LEVEL', ['debug', 'info'], 'info'),
    apiKey: secret('TIDEGATE_API_KEY', { minLength: 24 }),
  };
  const env = { DATABASE_URL: 'postgres://app:pw@db/tidegate', TIDEGATE_API_KEY: 'k'.repeat(24) };

  it('returns a frozen plain object with the types of the table', () => {
    const config = readConfig({ ...env, PORT: ' 8080 ', AMQP_URL: '' }, settings);

    const typed: { port: number; databaseUrl: string; amqpUrl: string | undefined; logLevel: 'debug' | 'info' } =
      config;
    expect(typed).toEqual({
      port: 8080,
      databaseUrl: 'postgres://app:pw@db/tidegate',
      amqpUrl: undefined,
      logLevel: 'info',
      apiKey: 'k'.repeat(24),
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads settings from files', () => {
    const config = readConfig({ ...env, PORT_FILE: file('port', '\n 8081 \n') }, settings);
    expect(config.port).toBe(8081);
  });

  it('reports all errors at once, one per line', () => {
    const broken = { PORT: '70000', DATABASE_URL: 'mysql://app:hunter2@db', LOG_LEVEL: 'loud', AMQP_URL: 'mq' };
    const expected = [
      'PORT must be a whole number from 0 to 65535 (got "70000").',
      'DATABASE_URL must be a URL that starts with postgres:// or postgresql://; ' +
        'TLS parameters require sslmode=verify-full (value hidden).',
      'AMQP_URL must be a URL that starts with amqp:// or amqps://; ' +
        'TLS parameters require amqps:// and verify_peer (value hidden).',
      'LOG_LEVEL must be one of debug, info (got "loud").',
      'TIDEGATE_API_KEY is not set. Set TIDEGATE_API_KEY to a secret of 24 to 1000 characters,' +
        ' or TIDEGATE_API_KEY_FILE to a file that contains it.',
    ];
    expect(faultsOf(broken, settings)).toEqual(expected);
    expect(() => readConfig(broken, settings)).toThrow(
      ['The configuration is invalid:', ...expected.map((fault) => `  ${fault}`)].join('\n'),
    );
  });

  it('reports misspelt variables together with all other errors, unless another table is read too', () => {
    const misspelt = { DATABASE_URL: env.DATABASE_URL, TIDEGATE_API_KY: 'k'.repeat(24) };
    expect(faultsOf(misspelt, settings)).toEqual([
      'TIDEGATE_API_KY is not a setting. The nearest name is TIDEGATE_API_KEY.',
      expect.stringMatching(/^TIDEGATE_API_KEY is not set\./),
    ]);
    expect(readConfig(misspelt, { port: port('PORT', 3000) }, { checkNames: false })).toEqual({ port: 3000 });
  });

  it('accepts a random secret and refuses other ones', () => {
    const setting = { s: secret('S', { minLength: 32, random: true }) };
    for (const bytes of [24, 32]) {
      const drawn = randomBytes(bytes);
      for (const given of [drawn.toString('base64'), drawn.toString('base64url'), drawn.toString('hex')])
        expect([given, faultsOf({ S: given }, setting)]).toEqual([given, []]);
    }
    const chosen = [
      'a'.repeat(32),
      '0123456789'.repeat(4),
      'changeme'.repeat(4),
      'administrator'.repeat(3),
      'abcdefghijklmnopqrstuvwxyz0123456789',
      'x'.repeat(31) + 'y',
      randomBytes(15).toString('hex'),
    ];
    for (const given of chosen)
      expect([given, faultsOf({ S: given }, setting)]).toEqual([
        given,
        [
          'S must be a secret of 32 to 1000 characters, generated at random, for example with `openssl rand -base64 32`' +
            ' (value hidden).',
        ],
      ]);
  });

  it('refuses a setting with a value and a file, unreadable files and empty files', () => {
    const gone = join(folder, 'gone');
    const empty = file('empty', '\n');
    expect(faultsOf({ PORT: '1', PORT_FILE: gone }, { port: port('PORT') })).toEqual([
      'PORT and PORT_FILE are both set. Remove one of them.',
    ]);
    expect(faultsOf({ PORT_FILE: gone }, { port: port('PORT', 3000) })).toEqual([
      `The file ${gone} in PORT_FILE cannot be read (ENOENT).`,
    ]);
    expect(faultsOf({ PORT_FILE: empty }, { port: port('PORT', 3000) })).toEqual([
      `The file ${empty} in PORT_FILE is empty.`,
    ]);
  });

  it.each<[Setting<string>, string]>([
    [postgresUrl('S'), 'postgres://db/t?sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem'],
    [postgresUrl('S'), 'postgres://db/t?sslmode=verify-full&application_name=t'],
    [postgresUrl('S'), 'postgres://db/t?sslmode=disable'],
    [amqpUrl('S'), 'amqps://mq/v?cacertfile=/ca.pem&certfile=/c.pem&keyfile=/k.pem&verify=verify_peer&heartbeat=9'],
    [amqpUrl('S'), 'amqps://mq/v'],
  ])('accepts a URL with verified TLS %#', (setting, value) => {
    expect(readConfig({ S: value }, { s: setting })).toEqual({ s: value });
  });

  it.each<readonly [Setting<string>, string]>([
    ...['require', 'prefer', 'allow', 'verify-ca', 'no-verify', '', 'verify-full&sslmode=no-verify'].map(
      (mode) => [postgresUrl('S'), `postgres://db/t?sslmode=${mode}`] as const,
    ),
    [postgresUrl('S'), 'postgres://db/t?ssl=true'],
    [postgresUrl('S'), 'postgres://db/t?sslrootcert=/ca.pem'],
    [postgresUrl('S'), 'postgres://db/t?sslmode=disable&sslrootcert=/ca.pem'],
    [postgresUrl('S'), 'postgres://db/t?sslmode=verify-full&uselibpqcompat=true'],
    [amqpUrl('S'), 'amqp://mq/v?cacertfile=/ca.pem'],
    [amqpUrl('S'), 'amqps://mq/v?verify=verify_none'],
  ])('refuses a URL without verified TLS %#', (setting, value) => {
    expect(faultsOf({ S: value }, { s: setting })).toEqual([
      expect.stringMatching(/^S must be a URL that starts with .+; TLS parameters require .+ \(value hidden\)\.$/),
    ]);
  });

  it.each([
    ['a secret', secret('S', { minLength: 24 }), 'hunter2'],
    ['a database URL', postgresUrl('S'), 'http://app:hunter2@db'],
    ['a broker URL', amqpUrl('S'), 'amqp://app:hunter2@[mq'],
  ])('never shows an invalid value of %s', (_, setting, value) => {
    const direct = faultsOf({ S: value }, { s: setting });
    const fromFile = faultsOf({ S_FILE: file('secret', value) }, { s: setting });
    expect([direct, fromFile].map((faults) => faults.length)).toEqual([1, 1]);
    expect([...direct, ...fromFile].join()).not.toContain('hunter2');
  });

  it.each<[string, Setting<unknown>, string, unknown]>([
    ['string', text('S'), 'hello', 'hello'],
    ['integer', integer('S', -5, 5), '-5', -5],
    ['port', port('S'), '0', 0],
    ['IP address', ipAddress('S'), '::1', '::1'],
    ['flag', flag('S'), 'TRUE', true],
    ['flag', flag('S', true), '0', false],
    ['http URL', httpUrl('S'), 'HTTPS://tidegate.example/x', 'HTTPS://tidegate.example/x'],
    ['optional', optional(flag('S')), 'false', false],
  ])('reads a %s', (_, setting, value, expected) => {
    expect(readConfig({ S: value }, { s: setting })).toEqual({ s: expected });
  });

  it.each<[string, Setting<unknown>, string]>([
    ['string', text('S'), 'x'.repeat(1001)],
    ['integer', integer('S', 0, 5), '6'],
    ['integer', integer('S', 0, 5), '1.5'],
    ['integer', integer('S', 0, 5), '0x1'],
    ['integer', integer('S', 0, 5), '3 apples'],
    ['port', port('S'), '-1'],
    ['IP address', ipAddress('S'), 'localhost'],
    ['IP address', ipAddress('S'), '[::1]'],
    ['flag', flag('S'), 'maybe'],
    ['word', oneOf('S', ['info']), 'INFO'],
    ['http URL', httpUrl('S'), 'javascript:alert(1)'],
    ['http URL', httpUrl('S'), 'https://'],
    ['optional', optional(port('S')), 'x'],
  ])('refuses an invalid %s', (_, setting, value) => {
    expect(faultsOf({ S: value }, { s: setting })).toHaveLength(1);
  });

  it.each<[string, Setting<unknown>]>([
    ['string', text('S', 'a')],
    ['flag', flag('S', false)],
    ['integer', integer('S', 0, 9, 0)],
    ['optional', optional(secret('S'))],
  ])('uses the default of a %s', (_, setting) => {
    expect(faultsOf({ S: '  ' }, { s: setting })).toEqual([]);
  });
});
