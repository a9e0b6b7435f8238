import { entityDifferences } from '@tidegate/database';
import { freshDatabase } from '@tidegate/testing';
import { ENTITIES } from '../src/entities.js';

/** The tables of libs/database. */
const OTHER_TABLES = ['migrations', 'outbox', 'outbox_delivery', 'inbox'];

it('the entities have the columns of the migrated tables', async () => {
  const { url, drop } = await freshDatabase();
  try {
    expect(await entityDifferences(url, 'identity', ENTITIES, OTHER_TABLES)).toEqual([]);
  } finally {
    await drop();
  }
});
