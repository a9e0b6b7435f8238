import { createLogger, type LogLevel } from './logger.js';
import { NestLogger } from './nest-logger.js';
import { withRequestId } from './request-context.js';

function capture(level?: LogLevel) {
  const text: string[] = [];
  const logger = createLogger({ service: 'identity', level, destination: { write: (line) => void text.push(line) } });
  return { logger, text, lines: () => text.map((line) => JSON.parse(line)) };
}

describe('createLogger', () => {
  it('writes one JSON object per line, with request id and trace id', () => {
    const { logger, lines } = capture();

    withRequestId('req-1', () => logger.info({ userId: 'u1' }, 'User saved'), {
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
    });
    logger.warn('No request here');

    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        service: 'identity',
        requestId: 'req-1',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        userId: 'u1',
        msg: 'User saved',
      },
      { level: 'warn', time: expect.any(String), service: 'identity', msg: 'No request here' },
    ]);
    expect(new Date(lines()[0].time).toISOString()).toBe(lines()[0].time);
  });

  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'token',
    'refresh_token',
    'password',
    'secret',
    'clientSecret',
    'apiKey',
    'x-api-key',
    'userName',
    'emails',
    'value',
    'displayName',
    'parameters',
    'detail',
    'query',
  ])('never writes the field %s, at any depth', (name) => {
    const { logger, text } = capture();
    const bad = { [name]: 'alice-private' };

    logger.info(bad);
    logger.info({ a: bad });
    logger.info({ a: { b: bad } });
    logger.info({ a: { b: { c: bad } } });
    logger.info({ a: [{ b: [bad] }] });
    logger.info({ a: { b: { c: { d: { e: { f: bad } } } } } });
    logger.child(bad).child({ a: bad }).info('from a child');

    expect(text).toHaveLength(7);
    expect(text.join('')).not.toContain('alice-private');
  });

  it('keeps ids, counts, times and lists readable', () => {
    const { logger, lines } = capture();
    const at = new Date(0);

    logger.info({ tokenId: 't1', values: 3, at, ids: ['a', 'b'], none: null, body: Buffer.from('secret') });

    expect(lines()[0]).toMatchObject({
      tokenId: 't1',
      values: 3,
      at: at.toISOString(),
      ids: ['a', 'b'],
      none: null,
      body: '[6 bytes]',
    });
  });

  it('cuts circular objects', () => {
    const { logger, lines } = capture();
    const loop: Record<string, unknown> = { id: 1 };
    loop.self = loop;

    logger.info(loop, 'still here');

    expect(lines()[0]).toMatchObject({ id: 1, msg: 'still here' });
  });

  it.each(['err', 'error', 'reason'])(
    'writes type, message, stack and code of an error in %s, never row values',
    (key) => {
      const { logger, text, lines } = capture();
      const driver = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (user_name)=(alice)' });
      const error = Object.assign(new TypeError('insert failed', { cause: driver }), {
        query: 'insert … alice',
        parameters: ['alice'],
        driverError: driver,
      });

      logger.error({ [key]: error }, 'Oh');

      expect(lines()[0][key]).toEqual({
        type: 'TypeError',
        message: 'insert failed',
        stack: expect.stringContaining('logger.spec'),
        cause: { type: 'Error', message: 'duplicate key', code: '23505', stack: expect.any(String) },
      });
      expect(text[0]).not.toContain('alice');
    },
  );

  it('writes the errors of an AggregateError', () => {
    const { logger, lines } = capture();
    logger.error(new AggregateError([Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })], 'all failed'));
    expect(lines()[0].err).toMatchObject({ message: 'all failed', errors: [{ code: 'ECONNREFUSED' }] });
    expect(lines()[0].msg).toBe('all failed');
  });

  it('masks passwords of URLs in fields and messages', () => {
    const { logger, text, lines } = capture();
    logger.info({ url: 'amqp://app:hunter2@mq:5672/x' }, 'Using postgres://owner:hunter2@db/tidegate');
    expect(text[0]).not.toContain('hunter2');
    expect(lines()[0].url).toBe('amqp://app:***@mq:5672/x');
  });

  it('escapes line breaks in messages', () => {
    const { logger, text } = capture();
    logger.info({ path: 'a\n{"level":"info"}' }, 'b\n{"level":"info"}');
    expect(text.join('').trimEnd().split('\n')).toHaveLength(1);
  });

  it('writes nothing below its level', () => {
    const { logger, text } = capture('warn');
    logger.info('quiet');
    expect(text).toEqual([]);
  });
});

describe('NestLogger', () => {
  it('writes the calls of Nest as log lines', () => {
    const { logger, lines } = capture('trace');
    const nest = new NestLogger(logger);
    const error = new Error('broken');

    nest.log('Started', 'GatewayApp');
    nest.warn('Event dead-lettered', { eventId: 'f1', userName: 'alice' }, 'Relay');
    nest.error(error, 'ExceptionsHandler');
    nest.error('Failed', 'Error: x\n    at y (z.js:1:2)', 'Relay');
    nest.error('Failed', error);
    nest.verbose({ pattern: 'users.patch' });
    nest.debug('d');
    nest.fatal('f');

    expect(lines()).toMatchObject([
      { level: 'info', msg: 'Started', context: 'GatewayApp' },
      { level: 'warn', msg: 'Event dead-lettered', eventId: 'f1', userName: '[hidden]', context: 'Relay' },
      { level: 'error', msg: 'broken', err: { message: 'broken' }, context: 'ExceptionsHandler' },
      { level: 'error', msg: 'Failed', stack: expect.stringContaining('z.js'), context: 'Relay' },
      { level: 'error', msg: 'Failed', err: { message: 'broken' } },
      { level: 'trace', pattern: 'users.patch' },
      { level: 'debug', msg: 'd' },
      { level: 'fatal', msg: 'f' },
    ]);
  });

  it.each(['RouterExplorer', 'InstanceLoader', 'RoutesResolver'])(
    "keeps the noise of Nest's %s at debug",
    (context) => {
      const { logger, text } = capture('info');
      new NestLogger(logger).log('Mapped {/livez, GET} route', context);
      expect(text).toEqual([]);
    },
  );

  it('omits start failures, which runService reports, and writes warnings of the bootstrap', () => {
    const { logger, lines } = capture('info');
    const nest = new NestLogger(logger);

    nest.error(new Error('connect ECONNREFUSED'), 'ExceptionHandler');
    nest.error('Error: listen EADDRINUSE: address already in use :::3000', 'NestApplication');
    nest.warn('Duplicate route', 'RouterExplorer');
    nest.error(new Error('in a request'), 'ExceptionsHandler');

    expect(lines().map(({ msg }) => msg)).toEqual(['Duplicate route', 'in a request']);
  });
});
