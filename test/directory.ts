import { type Event } from '@tidegate/contracts';
import { inProcessTransport, type Transport } from '@tidegate/messaging';
import { readConfig } from '@tidegate/runtime';
import { freshDatabase } from '@tidegate/testing';
import { type TestGateway, openGateway } from '../apps/gateway/test/harness.js';
import { SETTINGS } from '../apps/identity/src/config.js';
import { createIdentity } from '../apps/identity/src/create.js';

/** A system with only gateway and identity. */
export interface Directory {
  gateway: TestGateway;
  /** URL of identity's database, as its owner. */
  databaseUrl: string;
  /** The events of identity, in the order of their arrival. */
  events: Event[];
  close(): Promise<void>;
}

/** Starts both in this process, with separate databases. */
export async function openDirectory(): Promise<Directory> {
  const events: Event[] = [];
  const database = await freshDatabase();
  const transport = inProcessTransport();
  const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'error' };
  const identity = await createIdentity(readConfig(settings, SETTINGS), keepingEvents(transport, events));
  const gateway = await openGateway({}, transport);
  const close = async () => {
    await gateway.close();
    await identity.stop();
    await database.drop();
  };
  return { gateway, databaseUrl: database.url, events, close };
}

/** A transport with a subscriber of identity's events. */
function keepingEvents(transport: Transport, events: Event[]): Transport {
  const publisher: Transport['publisher'] = () => ({
    destinations: () => ['everyone'],
    deliver: (event) => Promise.resolve(void events.push(event)).then(() => ({ outcome: 'done' })),
  });
  return Object.assign(Object.create(transport) as Transport, { publisher });
}
