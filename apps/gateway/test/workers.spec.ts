import { ModulesContainer } from '@nestjs/core';
import { Database, PeriodicWorker } from '@tidegate/database';
import { openGateway, type TestGateway } from './harness.js';

describe('the periodic work of the gateway', () => {
  const spies = {
    start: jest.spyOn(PeriodicWorker.prototype, 'start'),
    stop: jest.spyOn(PeriodicWorker.prototype, 'stop'),
    close: jest.spyOn(Database.prototype, 'close'),
  };
  let gateway: TestGateway;
  let workers: PeriodicWorker[];
  beforeAll(async () => {
    gateway = await openGateway();
    const providers = [...gateway.app.get(ModulesContainer).values()].flatMap((module) => [
      ...module.providers.values(),
    ]);
    const owners = providers.map(({ instance }) => instance as { worker?: unknown } | null);
    workers = owners.map((owner) => owner?.worker).filter((worker) => worker instanceof PeriodicWorker);
  });
  afterAll(() => jest.restoreAllMocks());

  it('starts once for each worker', () => {
    expect(workers.length).toBeGreaterThan(0);
    expect(new Set(spies.start.mock.contexts)).toEqual(new Set(workers));
    expect(spies.start).toHaveBeenCalledTimes(workers.length);
  });

  it('ends before the database closes', async () => {
    await gateway.close();
    expect(new Set(spies.stop.mock.contexts)).toEqual(new Set(workers));
    const closed = Math.min(...spies.close.mock.invocationCallOrder);
    for (const stopped of spies.stop.mock.invocationCallOrder) expect(stopped).toBeLessThan(closed);
    expect(gateway.log.join('\n')).not.toContain('Periodic work failed');
  });
});
