import { EVENTS, type EventName, receivesCommands, sentCommands, SERVICES, type Service } from '@tidegate/contracts';
import { AmqpDeadLetters, amqpTransport, consumerDefinitions, systemDefinitions } from '@tidegate/messaging';
import { brokerFaultTests, eventually, type PrivateRabbit, startPrivateRabbit } from '@tidegate/testing';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { asking, INTEGRATION, OTHER_INTEGRATION, startPublisher, startReceiver } from './system.js';

const PREFIX = 'prod.';
const VHOST = 'tidegate';
const PASSWORD = 'a password of the tests';
const user = (name: string) => ({ name, password: PASSWORD });
const USERS = { gateway: user('tg_gateway'), identity: user('tg_identity'), 'access-flow': user('tg_access_flow') };
const EVENT_NAMES = Object.keys(EVENTS) as EventName[];
const COMMANDS = SERVICES.flatMap((receiver) => SERVICES.flatMap((sender) => sentCommands(sender, receiver)));

brokerFaultTests('the broker with the generated definitions', () => {
  let rabbit: PrivateRabbit;
  const open: ChannelModel[] = [];
  beforeAll(async () => {
    rabbit = await startPrivateRabbit();
    const where = { prefix: PREFIX, vhost: VHOST };
    const administrator = user('tg_admin');
    await rabbit.importDefinitions(JSON.stringify(systemDefinitions(where, USERS, administrator)));
    await rabbit.importDefinitions(JSON.stringify(consumerDefinitions(where, user('reporting'))));
    await rabbit.importDefinitions(JSON.stringify(consumerDefinitions(where, user('one'), INTEGRATION)));
    for (const service of SERVICES) await (await amqpTransport(as(service))).close();
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close().catch(() => undefined);
  });
  afterAll(() => rabbit?.stop());

  function urlOf(name: string): string {
    const url = new URL(rabbit.url);
    Object.assign(url, { username: name, password: encodeURIComponent(PASSWORD), pathname: `/${VHOST}` });
    return url.href;
  }
  const as = (service: Service) => ({ url: urlOf(USERS[service].name), prefix: PREFIX, service });

  async function connection(name: string): Promise<ChannelModel> {
    const model = await connect(urlOf(name), { noDelay: true });
    model.on('error', () => undefined);
    open.push(model);
    return model;
  }

  /** @returns `allowed`, or the code with which the broker closed the channel */
  async function attempt(model: ChannelModel, work: (channel: Channel) => unknown): Promise<'allowed' | number> {
    const channel = await model.createChannel();
    const closed = new Promise<number>((resolve) =>
      channel.on('error', (error: { code: number }) => resolve(error.code)),
    );
    const done = (async () => {
      await work(channel);
      await channel.prefetch(1); // its response comes after those to earlier calls
      await channel.close();
      return 'allowed' as const;
    })();
    return Promise.race([done.catch(() => closed), closed]);
  }

  const publish = (exchange: string, key: string) => (channel: Channel) =>
    channel.publish(exchange, key, Buffer.from('{}'), { expiration: 0 });

  /** @returns each exchange and routing key of the system, and the exchanges of every broker, with the allowed senders */
  function publications(): [exchange: string, key: string, senders: readonly Service[]][] {
    const queues = SERVICES.flatMap((service) =>
      ['commands', 'commands.urgent', 'events', 'events.urgent', 'dead-letters'].map(
        (kind) => `${PREFIX}${service}.${kind}`,
      ),
    );
    const commands = SERVICES.filter(receivesCommands).flatMap((receiver) =>
      COMMANDS.flatMap((name) =>
        ['normal', 'urgent'].map((lane): [string, string, Service[]] => [
          `${PREFIX}tidegate.commands.${receiver}`,
          `${lane}.${name}`,
          SERVICES.filter((sender) => sentCommands(sender, receiver).includes(name)),
        ]),
      ),
    );
    const events = EVENT_NAMES.flatMap((name) => {
      const { publisher, subscribers, internal } = EVENTS[name];
      const key = `${name}.${INTEGRATION}`;
      const required = SERVICES.map((subscriber): [string, string, Service[]] => [
        `${PREFIX}tidegate.events.${subscriber}`,
        key,
        subscribers.includes(subscriber) ? [publisher] : [],
      ]);
      return [
        ...required,
        [`${PREFIX}tidegate.events`, key, internal ? [] : [publisher]] as [string, string, Service[]],
      ];
    });
    const deadLetters = SERVICES.flatMap((service) =>
      ['dead-letter', 'redrive', 'redrive.urgent'].map((key): [string, string, Service[]] => [
        `${PREFIX}tidegate.dead-letters.${service}`,
        key,
        [service],
      ]),
    );
    return [
      ...commands,
      ...events,
      ...deadLetters,
      [`${PREFIX}tidegate.replies`, 'some.queue', SERVICES.filter(receivesCommands)],
      ...queues.map((queue): [string, string, Service[]] => ['', queue, []]),
      ...['amq.direct', 'amq.topic', 'amq.fanout', 'amq.headers'].map((name): [string, string, Service[]] => [
        name,
        'key',
        [],
      ]),
    ];
  }

  it.each(SERVICES)('lets %s publish its commands and events, and nothing else', async (service) => {
    const model = await connection(USERS[service].name);
    const found = [];
    for (const [exchange, key] of publications())
      found.push([exchange, key, await attempt(model, publish(exchange, key))]);
    const expected = publications().map(([exchange, key, senders]) => [
      exchange,
      key,
      senders.includes(service) ? 'allowed' : 403,
    ]);
    expect(found).toEqual(expected);
  });

  it.each(SERVICES)('refuses %s access to the queues and exchanges of other services', async (service) => {
    const model = await connection(USERS[service].name);
    const others = SERVICES.filter((other) => other !== service);
    const own = `${PREFIX}${service}.events`;
    const found = [];
    for (const other of others) {
      const queue = `${PREFIX}${other}.events`;
      found.push(
        await attempt(model, (channel) => channel.assertQueue(queue)),
        await attempt(model, (channel) => channel.get(queue)),
        await attempt(model, (channel) => channel.consume(queue, () => undefined)),
        await attempt(model, (channel) => channel.purgeQueue(queue)),
        await attempt(model, (channel) => channel.deleteQueue(queue)),
        await attempt(model, (channel) => channel.bindQueue(queue, `${PREFIX}tidegate.events.${service}`, '#')),
        await attempt(model, (channel) => channel.bindQueue(own, `${PREFIX}tidegate.events.${other}`, '#')),
        await attempt(model, (channel) => channel.bindQueue(own, `${PREFIX}tidegate.commands.${other}`, '#')),
        await attempt(model, (channel) => channel.bindQueue(own, `${PREFIX}tidegate.dead-letters.${other}`, 'redrive')),
        await attempt(model, (channel) => channel.deleteExchange(`${PREFIX}tidegate.events.${other}`)),
        await attempt(model, (channel) =>
          channel.assertQueue(`${PREFIX}${service}.events.x`, {
            deadLetterExchange: `${PREFIX}tidegate.dead-letters.${other}`,
          }),
        ),
      );
    }
    found.push(
      await attempt(model, (channel) => channel.assertQueue('')),
      await attempt(model, (channel) => channel.assertQueue('another-queue')),
      await attempt(model, (channel) => channel.assertExchange(`${PREFIX}tidegate.events`, 'topic')),
      await attempt(model, (channel) => channel.assertExchange(`${PREFIX}tidegate.more`, 'topic')),
      await attempt(model, (channel) => channel.bindQueue(own, `${PREFIX}tidegate.events`, '#')),
      await attempt(model, (channel) => channel.bindExchange(`${PREFIX}tidegate.events.${service}`, 'amq.topic', '#')),
    );
    expect(found).toEqual(found.map(() => 403));
  });

  it('lets another team bind its own queues to the exchange of events, and do nothing else', async () => {
    const model = await connection('reporting');
    expect(
      await attempt(model, async (channel) => {
        await channel.assertQueue('reporting.all');
        await channel.bindQueue('reporting.all', `${PREFIX}tidegate.events`, '#');
        await channel.deleteQueue('reporting.all');
      }),
    ).toBe('allowed');
    const found = [];
    for (const [exchange, key] of publications())
      found.push([exchange, key, await attempt(model, publish(exchange, key))]);
    expect(found).toEqual(publications().map(([exchange, key]) => [exchange, key, 403]));
    const refused = [];
    for (const service of SERVICES) {
      const queue = `${PREFIX}${service}.events`;
      refused.push(
        await attempt(model, (channel) => channel.get(queue)),
        await attempt(model, (channel) => channel.deleteQueue(queue)),
        await attempt(model, (channel) =>
          channel.bindQueue('reporting.all', `${PREFIX}tidegate.events.${service}`, '#'),
        ),
        await attempt(model, (channel) =>
          channel.assertQueue('reporting.x', { deadLetterExchange: `${PREFIX}tidegate.commands.${service}` }),
        ),
        await attempt(model, (channel) =>
          channel.assertExchange('reporting.x', 'topic', {
            alternateExchange: `${PREFIX}tidegate.commands.${service}`,
          }),
        ),
      );
    }
    expect(refused).toEqual(refused.map(() => 403));
  });

  it('refuses a team that is limited to one integration the events of others', async () => {
    const model = await connection('one');
    const bind = (key: string) =>
      attempt(model, async (channel) => {
        await channel.assertQueue('one.events');
        await channel.bindQueue('one.events', `${PREFIX}tidegate.events`, key);
      });
    for (const key of [`#.${INTEGRATION}`, `grant.ended.${INTEGRATION}`])
      expect([key, await bind(key)]).toEqual([key, 'allowed']);
    for (const key of ['#', '*.*.*', 'grant.#', `#.${OTHER_INTEGRATION}`, `${INTEGRATION}`, `#.${INTEGRATION}.#`])
      expect([key, await bind(key)]).toEqual([key, 403]);
    expect(
      await attempt(model, async (channel) => {
        await channel.assertExchange('one.exchange', 'topic');
        await channel.bindExchange('one.exchange', `${PREFIX}tidegate.events`, '#');
      }),
    ).toBe(403);
  });

  it('allows commands with replies, events and dead letters between services that have only their own rights', async () => {
    const [gateway, identity, accessFlow] = [
      await amqpTransport(as('gateway')),
      await amqpTransport(as('identity')),
      await amqpTransport(as('access-flow')),
    ];
    const received: string[] = [];
    let broken = true;
    const event = (service: Service) => ({
      event: ({ version }: { version: number }) => {
        if (broken) throw new Error('broken');
        received.push(`${service} ${version}`);
      },
    });
    const receivers = [
      await startReceiver(identity, 'identity', { command: ({ data }) => ({ got: data }) }),
      await startReceiver(gateway, 'gateway', event('gateway')),
      await startReceiver(accessFlow, 'access-flow', event('access-flow')),
    ];
    const publisher = await startPublisher(identity);
    await expect(
      gateway.client('gateway').ask('users.get', asking({ urgent: true }), { id: 'alice' }),
    ).resolves.toEqual({
      got: { id: 'alice' },
    });
    await expect(accessFlow.client('access-flow').ask('users.get', asking(), { id: 'alice' })).rejects.toThrow(
      'access-flow may not send users.get',
    );
    const [id = ''] = await publisher.publish('user.updated', [1]);
    const deadLetters = new AmqpDeadLetters(as('access-flow'));
    await eventually(async () => expect(await deadLetters.list(10)).toMatchObject([{ eventId: id, attempts: 5 }]));
    broken = false;
    expect(await deadLetters.redrive(id, 'access-flow')).toBe(true);
    await eventually(() => expect(received).toEqual(['access-flow 1']));
    await publisher.publish('user.deactivated', [2]);
    await eventually(() => expect([...received].sort()).toEqual(['access-flow 1', 'access-flow 2', 'gateway 2']));
    await eventually(async () => expect(await publisher.outbox()).toEqual([]));
    for (const receiver of receivers) await receiver.stop();
    await publisher.stop();
    for (const transport of [gateway, identity, accessFlow]) await transport.close();
  });

  it('refuses the start of a service with the name of a missing exchange', async () => {
    const admin = await connection('tg_admin');
    const exchange = `${PREFIX}tidegate.commands.identity`;
    await (await admin.createChannel()).deleteExchange(exchange);
    await expect(amqpTransport(as('gateway'))).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining(`The exchange ${exchange} does not exist in RabbitMQ`) as string,
    });
    // An administrator can declare it.
    await (await amqpTransport({ ...as('gateway'), url: urlOf('tg_admin') })).close();
    await (await amqpTransport(as('gateway'))).close();
  });
});
