import { entityDifferences } from '@tidegate/database';
import { freshDatabase } from '@tidegate/testing';
import { ENTITIES } from '../src/entities.js';

/** Tables of libs/database, and the data key, which has no other readers than `Secrets`. */
const OTHER_TABLES = ['migrations', 'outbox', 'outbox_delivery', 'inbox', 'data_key'];

describe('the entities of the gateway', () => {
  it('have the columns of the migrated tables', async () => {
    const { url, drop } = await freshDatabase();
    try {
      expect(await entityDifferences(url, 'gateway', ENTITIES, OTHER_TABLES)).toEqual([]);
    } finally {
      await drop();
    }
  });
});
