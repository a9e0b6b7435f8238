import { EMPLOYEE_NUMBER, MANAGER_VALUE, type UserProfile } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { useEmptyDatabase } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { Managers1765700000000 } from '../src/migrations/1765700000000-managers.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { managerKeys } from '../src/directory/managers.rule.js';
import { SCHEMA } from '../src/common/schema.js';

/** More than one batch. */
const MANY = 1_003;

const attributesOf = (n: number): UserProfile['attributes'] =>
  [
    { [MANAGER_VALUE]: `BOB ${n}`, 'emails.value': `Σ${n}@Acme.example`, [EMPLOYEE_NUMBER]: `N ${n}` },
    { [MANAGER_VALUE]: '', 'emails.value': 'x'.repeat(300) },
    {},
  ][n % 3] as UserProfile['attributes'];

describe('The migration to managers', () => {
  const database = useEmptyDatabase();
  const migrate = async (migrations: typeof MIGRATIONS) => {
    await (await Database.open({ url: database.url, schema: SCHEMA, migrations, poolSize: 2 })).close();
  };

  it('fills the keys of all profiles as a new profile has them', async () => {
    const number = MIGRATIONS.indexOf(Managers1765700000000);
    await migrate(MIGRATIONS.slice(0, number));
    const profiles = Array.from({ length: MANY }, (_, n) => ({
      integration_id: uuidv7(),
      user_id: uuidv7(),
      version: 1,
      attributes_version: 0,
      attributes: attributesOf(n),
    }));
    await database.owner.query(
      `INSERT INTO access_flow.user_profiles SELECT * FROM jsonb_populate_recordset(NULL::access_flow.user_profiles, $1)`,
      [JSON.stringify(profiles)],
    );
    await migrate(MIGRATIONS.slice(0, number + 1));
    const { rows } = await database.owner.query(
      `SELECT user_id AS id, manager_value AS "managerValue", manager_key AS "managerKey", email_key AS "emailKey",
         employee_number AS "employeeNumber" FROM access_flow.user_profiles ORDER BY user_id`,
    );
    expect(rows).toEqual(
      profiles
        .map(({ user_id: id, attributes }) => ({ id, ...managerKeys(attributes) }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
  });
});
