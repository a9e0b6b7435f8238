import { Database } from '@tidegate/database';
import { useEmptyDatabase } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { Withdrawals1764800000000 } from '../src/migrations/1764800000000-withdrawals.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { SCHEMA } from '../src/common/schema.js';
import { HOUR } from './integration.js';

describe('The migration that adds max_ends_at', () => {
  const database = useEmptyDatabase();

  const migrate = async (migrations: typeof MIGRATIONS) => {
    await (await Database.open({ url: database.url, schema: SCHEMA, migrations, poolSize: 2 })).close();
  };

  it('sets it to the start plus the maximum of the flow, for grants that have not ended and whose flow exists', async () => {
    await migrate(MIGRATIONS.slice(0, MIGRATIONS.indexOf(Withdrawals1764800000000)));
    const [here, elsewhere, flow, gone, alice, deploy] = Array.from({ length: 6 }, () => uuidv7());
    for (const [integration, seconds] of [
      [here, 2 * HOUR],
      [elsewhere, 8 * HOUR],
    ])
      await database.owner.query(
        `INSERT INTO access_flow.flows (integration_id, id, name, name_key, enabled, group_ids, max_duration_seconds)
         VALUES ($1, $2, 'Deploys', 'deploys', true, ARRAY[$3::uuid], $4)`,
        [integration, flow, deploy, seconds],
      );
    for (const [id, status, flowId] of [
      [1, 'active', flow],
      [2, 'activating', flow],
      [3, 'ended', flow],
      [4, 'active', gone],
    ]) {
      const requestId = uuidv7();
      await database.owner.query(
        `INSERT INTO access_flow.requests
           (integration_id, id, flow_id, user_id, group_id, deactivations, duration_seconds, status, expires_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, 'approved', now())`,
        [here, requestId, flowId, alice, deploy, HOUR],
      );
      await database.owner.query(
        `INSERT INTO access_flow.grants
           (integration_id, id, request_id, user_id, group_id, status, deactivations, starts_at, ends_at, created_at)
         VALUES ($1, lpad($2::text, 32, '0')::uuid, $3, $4, $5, $6, 0, now(), now() + interval '1 hour', now() - interval '1 day')`,
        [here, id, requestId, alice, deploy, status],
      );
    }
    await migrate(MIGRATIONS);
    const { rows } = await database.owner.query<object>(
      `SELECT status, extract(epoch FROM max_ends_at - starts_at)::int AS seconds FROM access_flow.grants ORDER BY id`,
    );
    expect(rows).toEqual([
      { status: 'active', seconds: 2 * HOUR },
      { status: 'activating', seconds: 2 * HOUR },
      { status: 'ended', seconds: null },
      { status: 'active', seconds: null },
    ]);
  });
});
