import { createServer } from 'node:net';
import { once } from 'node:events';
import { ConfigError } from './config.js';
import { explainStartError, StartError } from './start-errors.js';

const env = {
  DATABASE_URL: 'postgres://app:hunter2@db.example/tidegate',
  AMQP_URL: 'amqps://app:hunter2@mq.example:5999/v',
};
const fault = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);
const refused = (address: string, port: number) =>
  fault(`connect ECONNREFUSED ${address}:${port}`, { code: 'ECONNREFUSED', syscall: 'connect', address, port });

describe('explainStartError', () => {
  it.each<[string, Error, string]>([
    ['configuration', new ConfigError(['PORT must be a port']), 'The configuration is invalid:\n  PORT must be a port'],
    ['StartError', new StartError('No disk at s3://me:hunter2@x.'), 'No disk at s3://me:***@x.'],
    [
      'StartError with a cause',
      new StartError('The embedded database did not start.', { cause: refused('127.0.0.1', 5432) }),
      'The embedded database did not start.',
    ],
    [
      'busy port',
      fault('listen EADDRINUSE', { code: 'EADDRINUSE', syscall: 'listen', port: 3000 }),
      'Port 3000 is in use. Stop the other program, or set PORT to a free port.',
    ],
    [
      'port of root',
      fault('listen EACCES', { code: 'EACCES', syscall: 'listen', port: 80 }),
      'This user cannot open port 80. Set PORT to a port above 1023.',
    ],
    [
      'database down',
      refused('10.0.0.7', 5432),
      'PostgreSQL at db.example:5432 cannot be reached (ECONNREFUSED). Check that it is running.',
    ],
    [
      'broker down',
      refused('10.0.0.8', 5999),
      'RabbitMQ at mq.example:5999 cannot be reached (ECONNREFUSED). Check that it is running.',
    ],
    [
      'host unknown',
      fault('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'mq.example' }),
      'RabbitMQ at mq.example:5999 cannot be reached (ENOTFOUND). Check that it is running.',
    ],
    [
      'a server in neither URL',
      refused('::1', 5672),
      'RabbitMQ at ::1:5672 cannot be reached (ECONNREFUSED). Check that it is running.',
    ],
    [
      'anything else',
      refused('::1', 9),
      'A server at ::1:9 cannot be reached (ECONNREFUSED). Check that it is running.',
    ],
    [
      'every address refused',
      new AggregateError([refused('::1', 5432), refused('127.0.0.1', 5432)], ''),
      'PostgreSQL at db.example:5432 cannot be reached (ECONNREFUSED). Check that it is running.',
    ],
    [
      'wrong password',
      fault('password authentication failed for user "app"', { code: '28P01' }),
      'PostgreSQL at db.example:5432 refused the login. Check the user and password in DATABASE_URL.',
    ],
    [
      'no password',
      fault('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
      'PostgreSQL at db.example:5432 requires a password. Add it to DATABASE_URL.',
    ],
    [
      'no database, wrapped by TypeORM',
      fault('x', { driverError: fault('database "nope" does not exist', { code: '3D000' }) }),
      'The database "nope" does not exist on PostgreSQL at db.example:5432. Create it, or correct DATABASE_URL.',
    ],
    [
      'starting up',
      fault('the database system is starting up', { code: '57P03' }),
      'PostgreSQL at db.example:5432 is starting up or shutting down. Try again in a moment.',
    ],
    [
      'full',
      fault('sorry, too many clients already', { code: '53300' }),
      'PostgreSQL at db.example:5432 has no free connections. Raise max_connections, or stop a client.',
    ],
    [
      'no TLS',
      fault('The server does not support SSL connections'),
      'PostgreSQL at db.example:5432 does not support TLS. Correct sslmode in DATABASE_URL.',
    ],
    ['database silent', fault('timeout expired'), 'PostgreSQL at db.example:5432 does not respond.'],
    [
      'not PostgreSQL',
      fault('Connection terminated unexpectedly'),
      "PostgreSQL at db.example:5432 closed the connection immediately. Check that it is PostgreSQL's port.",
    ],
    [
      'broker password, as a cause',
      new Error('cannot connect', {
        cause: fault(
          'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."',
        ),
      }),
      'RabbitMQ at mq.example:5999 refused the login. Check the user and password in AMQP_URL.',
    ],
    [
      'no virtual host',
      fault('Expected ConnectionOpenOk; got <ConnectionClose channel:0>'),
      'RabbitMQ at mq.example:5999 refused the virtual host in AMQP_URL. Check that it exists and that this user has access.',
    ],
    ['broker silent', fault('connect ETIMEDOUT'), 'RabbitMQ at mq.example:5999 does not respond.'],
    [
      'not RabbitMQ',
      fault('Socket closed abruptly during opening handshake'),
      "RabbitMQ at mq.example:5999 does not support AMQP. Check that it is RabbitMQ's port.",
    ],
    [
      'certificate',
      fault('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'The TLS certificate of RabbitMQ at mq.example:5999 is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT). ' +
        'Check sslrootcert in DATABASE_URL and cacertfile in AMQP_URL.',
    ],
    [
      'certificate for another host',
      fault("Host: mq.example. is not cert's CN: mq", { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      "The TLS certificate of RabbitMQ at mq.example:5999 is for another host. Host: mq.example. is not cert's CN: mq",
    ],
    [
      'plain port',
      fault('wrong version number', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }),
      'RabbitMQ at mq.example:5999 does not support TLS. Check that it is the TLS port.',
    ],
    [
      'file of a certificate',
      fault('ENOENT: no such file', { code: 'ENOENT', syscall: 'open', path: '/run/ca.pem' }),
      'The file /run/ca.pem cannot be read (ENOENT).',
    ],
  ])('%s', (_, error, sentence) => {
    expect(explainStartError(error, env)).toBe(sentence);
    expect(sentence).not.toContain('hunter2');
  });

  it('names the server without its host when no URL is set', () => {
    const wrong = fault('password authentication failed', { code: '28P01' });
    expect(explainStartError(wrong, {})).toBe(
      'PostgreSQL refused the login. Check the user and password in DATABASE_URL.',
    );
  });

  it.each([new TypeError('undefined is not a function'), fault('syntax error', { code: '42601' }), 'text', undefined])(
    'returns undefined for a bug: %s',
    (error) => {
      expect(explainStartError(error, env)).toBeUndefined();
    },
  );

  it('recognizes the error of Node for a busy port', async () => {
    const first = createServer().listen(0, '127.0.0.1');
    await once(first, 'listening');
    const { port } = first.address() as { port: number };
    const [error] = await once(createServer().listen(port, '127.0.0.1'), 'error').catch((e: unknown) => [e]);
    first.close();
    expect(explainStartError(error, env)).toContain(`Port ${port} is in use`);
  });
});
