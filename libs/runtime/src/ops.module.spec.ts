import { Controller, Get, Injectable, Module, type BeforeApplicationShutdown, type CanActivate } from '@nestjs/common';
import { type ExecutionContext } from '@nestjs/common';
import { APP_GUARD, NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createMetrics } from '@tidegate/observability';
import { OpsModule, type OpsOptions } from './ops.module.js';
import { IS_PUBLIC } from './public.decorator.js';

@Injectable()
class DenyByDefault implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return new Reflector().getAllAndOverride(IS_PUBLIC, [context.getHandler(), context.getClass()]) === true;
  }
}

@Controller('private')
class PrivateController {
  @Get()
  read(): string {
    return 'for those with credentials';
  }
}

/** Requests readiness during the shutdown, like an orchestrator. */
class ShutdownProbe implements BeforeApplicationShutdown {
  readonly ask = jest.fn<Promise<void>, []>().mockResolvedValue(undefined);
  beforeApplicationShutdown(): Promise<void> {
    return this.ask();
  }
}

const apps: NestFastifyApplication[] = [];
afterEach(async () => {
  jest.useRealTimers();
  for (const app of apps.splice(0)) await app.close();
});

async function start(checks: OpsOptions['checks'], metrics: OpsOptions['metrics'] = createMetrics('gateway')) {
  const probe = new ShutdownProbe();
  @Module({
    imports: [OpsModule.forRoot({ metrics, checks })],
    controllers: [PrivateController],
    providers: [
      { provide: APP_GUARD, useClass: DenyByDefault },
      { provide: ShutdownProbe, useValue: probe },
    ],
  })
  class App {}
  const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false });
  apps.push(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const get = (url: string) => app.inject({ method: 'GET', url });
  return { app, probe, get };
}

describe('OpsModule', () => {
  it('reports liveness without running checks', async () => {
    const database = jest.fn().mockRejectedValue(new Error('away'));
    const { get } = await start({ database });

    const answer = await get('/livez');

    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
    expect(database).not.toHaveBeenCalled();
  });

  it('is public with a default-deny guard, and makes no other route public', async () => {
    const { get } = await start({});
    expect((await get('/readyz')).statusCode).toBe(200);
    expect((await get('/metrics')).statusCode).toBe(200);
    expect((await get('/private')).statusCode).toBe(403);
  });

  it('is ready when all checks pass', async () => {
    const { get } = await start({ database: async () => undefined, broker: async () => undefined });
    const answer = await get('/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { status: 'ok', checks: { database: 'ok', broker: 'ok' } },
    ]);
  });

  it('names the check that failed, by code where there is one, without hosts, users or passwords', async () => {
    const { get } = await start({
      database: async () => {
        throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
      },
      broker: () => {
        throw new Error('no consumer on amqp://app:hunter2@mq');
      },
      outbox: async () => undefined,
    });

    const answer = await get('/readyz');

    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({
      status: 'failed',
      checks: {
        database: 'failed: ECONNREFUSED',
        broker: 'failed: no consumer on amqp://app:***@mq',
        outbox: 'ok',
      },
    });
  });

  it('fails a check after two seconds', async () => {
    const { get } = await start({ database: () => new Promise(() => undefined) });
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });

    const pending = get('/readyz');
    await jest.advanceTimersByTimeAsync(2_000);

    const answer = await pending;
    expect([answer.statusCode, answer.json().checks]).toEqual([503, { database: 'failed: no response within 2 s' }]);
  });

  it('runs the checks once for many callers, and again after a second', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'setTimeout', 'clearTimeout'] });
    const database = jest.fn().mockResolvedValue(undefined);
    const { get } = await start({ database });

    await Promise.all([get('/readyz'), get('/readyz')]);
    await get('/readyz');
    expect(database).toHaveBeenCalledTimes(1);

    database.mockRejectedValue(new Error('away'));
    jest.advanceTimersByTime(1_000);
    expect((await get('/readyz')).statusCode).toBe(503);
    expect(database).toHaveBeenCalledTimes(2);
  });

  it('is not ready from the moment shutdown begins', async () => {
    const { app, probe, get } = await start({ database: async () => undefined });
    expect((await get('/readyz')).statusCode).toBe(200);
    const answers: unknown[] = [];
    probe.ask.mockImplementation(async () => {
      const answer = await get('/readyz');
      answers.push(answer.statusCode, answer.json());
    });

    await app.close();
    apps.length = 0;

    expect(answers).toEqual([503, { status: 'shutting down', checks: {} }]);
  });

  it('returns the metrics of one or several services in the Prometheus format', async () => {
    const all = [createMetrics('gateway'), createMetrics('identity')];
    for (const metrics of all) metrics.eventsIgnored.inc({ name: 'user.updated' });
    const { get } = await start({}, all);

    const answer = await get('/metrics');

    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.body).toContain('tidegate_events_ignored_total{name="user.updated",service="gateway"} 1');
    expect(answer.body).toContain('tidegate_events_ignored_total{name="user.updated",service="identity"} 1');
  });
});
