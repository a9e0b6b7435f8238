import { FACTS } from '@tidegate/contracts';
import { OutboxQuarantine } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { inProcessTransport } from '@tidegate/messaging';
import { everyTransport } from './every-transport.js';
import { startTeller } from './system.js';

describe('In-process transport', () => {
  everyTransport(async () => {
    const transport = inProcessTransport();
    return { transport, quarantine: (database) => new OutboxQuarantine(database), stop: () => transport.close() };
  });

  it('keeps a fact in the outbox, with the reason, while its hearer is not there', async () => {
    const teller = await startTeller(inProcessTransport());
    const [id] = await teller.tell('user.deactivated', [1]);
    await eventually(async () =>
      expect(new Set(await teller.outbox())).toEqual(
        new Set(
          FACTS['user.deactivated'].hearers.map((hearer) => ({
            id,
            hearer,
            state: 'due',
            reason: `${hearer} is not running`,
          })),
        ),
      ),
    );
    await teller.stop();
  });
});
