import { Database } from '@tidegate/database';
import { emptyDatabase } from '@tidegate/testing';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { MIGRATIONS } from '../src/migrations/index.js';

it('the migration for searches fills the comparison keys of existing users and groups in batches', async () => {
  const fresh = await emptyDatabase();
  const open = (migrations: typeof MIGRATIONS) =>
    Database.open({ url: fresh.url, schema: 'identity', migrations, poolSize: 2 });
  await (await open(MIGRATIONS.slice(0, 2))).close();
  const owner = new pg.Client({ connectionString: fresh.url });
  await owner.connect();
  const ids = Array.from({ length: 1_201 }, () => uuidv7());
  const body = { userName: 'Σ', externalId: ' ', emails: [{ value: 'ALICE@x' }, { value: 'alice@X', type: 'home' }] };
  await owner.query(
    `INSERT INTO identity.users (integration_id, id, command_id, user_name, user_name_key, active, attributes)
     SELECT $1, id, id, id::text, id::text, true, $3 FROM unnest($2::uuid[]) AS id`,
    [ids[0], ids, JSON.stringify(body)],
  );
  await owner.query(
    `INSERT INTO identity.groups (integration_id, id, command_id, display_name, display_name_key, attributes)
     SELECT $1, id, id, 'Ops', 'ops', '{"displayName":"Ops"}' FROM unnest($2::uuid[]) AS id`,
    [ids[0], ids],
  );
  await (await open(MIGRATIONS)).close();
  const counted = async (sql: string) =>
    (await owner.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0]!.n;
  expect(
    await counted(`identity.users WHERE keys ->> 'userName' = 'σ' AND shown_name_key = id::text AND external_id = ' '`),
  ).toBe(1_201);
  expect(await counted(`identity.user_emails WHERE value_key = 'alice@x'`)).toBe(1_201);
  expect(await counted(`identity.groups WHERE keys = '{"displayName":"ops"}'`)).toBe(1_201);
  await owner.end();
  await fresh.drop();
});
