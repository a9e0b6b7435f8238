import { type Fact } from '@tidegate/contracts';
import { inProcessTransport, type Transport } from '@tidegate/messaging';
import { readConfig } from '@tidegate/observability';
import { freshDatabase } from '@tidegate/testing';
import { type Door, openDoor } from '../apps/gateway/test/harness.js';
import { SETTINGS } from '../apps/identity/src/config.js';
import { createIdentity } from '../apps/identity/src/create.js';

/** A gateway and identity, and nobody else. */
export interface Directory {
  door: Door;
  /** URL of identity's database, as its owner. */
  databaseUrl: string;
  /** What identity told, in the order in which it came. */
  facts: Fact[];
  close(): Promise<void>;
}

/** Opens both in this process, on databases of their own. */
export async function openDirectory(): Promise<Directory> {
  const facts: Fact[] = [];
  const database = await freshDatabase();
  const transport = inProcessTransport();
  const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'error' };
  const identity = await createIdentity(readConfig(settings, SETTINGS), keepingFacts(transport, facts));
  const door = await openDoor({}, transport);
  const close = async () => {
    await door.close();
    await identity.stop();
    await database.drop();
  };
  return { door, databaseUrl: database.url, facts, close };
}

/** The transport, with a hearer of identity's facts at its end. */
function keepingFacts(transport: Transport, facts: Fact[]): Transport {
  const publisher: Transport['publisher'] = () => ({
    destinations: () => ['everyone'],
    deliver: (fact) => Promise.resolve(void facts.push(fact)).then(() => ({ outcome: 'done' })),
  });
  return Object.assign(Object.create(transport) as Transport, { publisher });
}
