import { brokerFaultTests, eventually, type PrivateRabbit, startPrivateRabbit } from '@tidegate/testing';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Crowd } from './crowd.js';
import { send } from './http.js';
import { type App, System } from './system.js';

const PREFIX = 'prod.';

brokerFaultTests('services with their own RabbitMQ users', () => {
  let rabbit: PrivateRabbit;
  let system: System | undefined;
  beforeAll(async () => void (rabbit = await startPrivateRabbit()));
  afterAll(async () => {
    await system?.stop();
    await rabbit?.stop();
  });

  function urlOf(app: App): string {
    const url = new URL(rabbit.url);
    return Object.assign(url, { username: `tidegate_${app}`, password: `secret-of-${app}`, pathname: '/tidegate' })
      .href;
  }

  /** @returns the definitions that the program prints for operators */
  async function printedDefinitions(): Promise<string> {
    const env = {
      PATH: process.env.PATH,
      AMQP_PREFIX: PREFIX,
      GATEWAY_AMQP_URL: urlOf('gateway'),
      IDENTITY_AMQP_URL: urlOf('identity'),
      ACCESS_FLOW_AMQP_URL: urlOf('access-flow'),
    };
    const program = 'dist/libs/messaging/src/amqp/print-definitions.js';
    return (await promisify(execFile)(process.execPath, [program], { env })).stdout;
  }

  it('exchange commands and events with the printed definitions', async () => {
    const definitions = await printedDefinitions();
    expect(definitions).not.toContain('secret-of-');
    await rabbit.importDefinitions(definitions);
    system = await System.start({ broker: { url: rabbit.url, prefix: PREFIX, urlOf }, env: { LOG_LEVEL: 'warn' } });
    const crowd = await Crowd.gather(system, 3);
    await crowd.deactivate(crowd.userIds, { wait: () => Promise.resolve() });
    const ended = { status: 'ended', endReason: 'user_deactivated' };
    await eventually(async () => {
      const grants = [...(await crowd.grants()).values()].flat();
      expect(grants).toEqual(crowd.userIds.map(() => expect.objectContaining(ended)));
    });
    for (const { opsUrl, app } of system.parts)
      await eventually(async () => {
        const { text } = await send('GET', `${opsUrl}/metrics`, {});
        expect([app, text]).toEqual([app, expect.stringMatching(/tidegate_outbox_unpublished\{[^}]*\} 0\n/)]);
      });
    expect(system.logs).not.toMatch(/ACCESS.REFUSED/);
  });
});
