import { Database } from '@tidegate/database';
import { useEmptyDatabase } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { GatewayPinnedRoles1765100000000 } from '../src/migrations/1765100000000-pinned-roles.js';
import { MIGRATIONS } from '../src/migrations/index.js';

const ISSUER = 'https://example.okta.com';

describe('The migration that pins roles to identities', () => {
  const database = useEmptyDatabase();

  const migrate = async (migrations: typeof MIGRATIONS) => {
    await (await Database.open({ url: database.url, schema: 'gateway', migrations, poolSize: 2 })).close();
  };

  it('assigns roles of users to their linked identities, with the integration that can end them', async () => {
    await migrate(MIGRATIONS.slice(0, MIGRATIONS.indexOf(GatewayPinnedRoles1765100000000)));
    const [here, provider] = [uuidv7(), uuidv7()];
    const [carol, dan, erin, bob] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
    await database.owner.query('INSERT INTO gateway.integration_ids VALUES ($1)', [here]);
    await database.owner.query(
      `INSERT INTO gateway.integrations (id, type, name, name_key, groups_to_sync, dialect, extensions,
         disconnected_after_seconds, status, status_code, status_detail)
       VALUES ($1, 'generic-scim', 'here', 'here', '{}', 'okta', '[]', 0, 'active', 'connected', '')`,
      [here],
    );
    await database.owner.query(`INSERT INTO gateway.login_providers VALUES ($1, $2, 'x', 'x', 'Okta')`, [
      provider,
      ISSUER,
    ]);
    await database.owner.query('INSERT INTO gateway.login_provider_integrations VALUES ($1, $2)', [here, provider]);
    for (const [subject, userId, active] of [
      ['carol', carol, true],
      ['dan', dan, true],
      ['erin', erin, false],
    ])
      await database.owner.query(`INSERT INTO gateway.identity_links VALUES ($1, $2, $3, $4, $5, 7)`, [
        ...[here, ISSUER, subject, userId, active],
      ]);
    const roles: [string | null, string | null, string[] | null][] = [
      [carol, null, [here]],
      [dan, null, null],
      [bob, null, [here]],
      [null, 'erin', null],
      [null, 'alice', null],
    ];
    for (const [userId, subject, reach] of roles)
      await database.owner.query(
        `INSERT INTO gateway.role_assignments (id, issuer, subject, integration_id, user_id, role, integration_ids)
         VALUES ($1, $2, $3, $4, $5, 'admin', $6)`,
        [uuidv7(), subject && ISSUER, subject, userId && here, userId, reach],
      );
    await migrate(MIGRATIONS);
    const { rows } = await database.owner.query<object>(
      `SELECT subject, integration_id = $1 AS "isHere", user_id AS "userId", integration_ids AS reach,
         user_version::int AS version, ended_at IS NOT NULL AS ended FROM gateway.role_assignments ORDER BY subject`,
      [here],
    );
    expect(rows).toEqual([
      { subject: 'alice', isHere: true, userId: null, reach: null, version: 0, ended: false },
      { subject: 'carol', isHere: true, userId: carol, reach: [here], version: 7, ended: false },
      // A role for more than the integration of the user is a role of the identity.
      { subject: 'dan', isHere: true, userId: null, reach: null, version: 7, ended: false },
      { subject: 'erin', isHere: true, userId: null, reach: null, version: 7, ended: true },
    ]);
  });
});
