import { EVENTS } from '@tidegate/contracts';
import { OutboxDeadLetters } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { inProcessTransport } from '@tidegate/messaging';
import { everyTransport } from './every-transport.js';
import { startPublisher } from './system.js';

describe('In-process transport', () => {
  everyTransport(async () => {
    const transport = inProcessTransport();
    return { transport, deadLetters: (database) => new OutboxDeadLetters(database), stop: () => transport.close() };
  });

  it('keeps an event in the outbox, with the reason, while its subscriber is not running', async () => {
    const publisher = await startPublisher(inProcessTransport());
    const [id] = await publisher.publish('user.deactivated', [1]);
    await eventually(async () =>
      expect(new Set(await publisher.outbox())).toEqual(
        new Set(
          EVENTS['user.deactivated'].subscribers.map((subscriber) => ({
            id,
            subscriber,
            state: 'due',
            reason: `${subscriber} is not running`,
          })),
        ),
      ),
    );
    await publisher.stop();
  });
});
