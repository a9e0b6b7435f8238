import { entityDifferences } from '@tidegate/database';
import { freshDatabase } from '@tidegate/testing';
import { SCHEMA } from '../src/common/schema.js';
import { ENTITIES } from '../src/entities.js';

/** The tables of libs/database. */
const OTHER_TABLES = ['migrations', 'outbox', 'outbox_delivery', 'inbox', 'jobs'];

describe('the entities of access-flow', () => {
  it('have the columns of the migrated tables', async () => {
    const { url, drop } = await freshDatabase();
    try {
      expect(await entityDifferences(url, SCHEMA, ENTITIES, OTHER_TABLES)).toEqual([]);
    } finally {
      await drop();
    }
  });
});
