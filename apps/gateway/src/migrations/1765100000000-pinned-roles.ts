import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** SQL condition: the link `l` is of the role's identity, in the role's integration. */
const ITS_LINK = 'l.integration_id = r.integration_id AND l.issuer = r.issuer AND l.subject = r.subject';
/** SQL: the integrations of the login provider with the role's issuer. */
const BOUND = `FROM gateway.login_provider_integrations i JOIN gateway.login_providers p ON p.id = i.provider_id
  WHERE p.issuer = r.issuer`;

const STATEMENTS = [
  `ALTER TABLE gateway.role_assignments
     DROP CONSTRAINT role_assignments_check,
     ADD COLUMN user_version bigint NOT NULL DEFAULT 0,
     ADD COLUMN ended_at timestamptz`,
  // A role of a user becomes a role of the linked identity. For users without a link the identity is unknown.
  `UPDATE gateway.role_assignments r SET issuer = l.issuer, subject = l.subject
   FROM gateway.identity_links l WHERE l.integration_id = r.integration_id AND l.user_id = r.user_id`,
  'DELETE FROM gateway.role_assignments WHERE issuer IS NULL',
  `UPDATE gateway.role_assignments SET user_id = NULL
   WHERE user_id IS NOT NULL AND integration_ids IS DISTINCT FROM ARRAY[integration_id]`,
  `UPDATE gateway.role_assignments r SET integration_id = (SELECT i.integration_id ${BOUND})
   WHERE integration_id IS NULL AND (SELECT count(*) ${BOUND}) = 1`,
  `UPDATE gateway.role_assignments r SET user_version = l.version FROM gateway.identity_links l WHERE ${ITS_LINK}`,
  // As before: identities that have only inactive users have no role.
  `UPDATE gateway.role_assignments r SET ended_at = now()
   WHERE EXISTS (SELECT FROM gateway.identity_links l WHERE l.issuer = r.issuer AND l.subject = r.subject)
     AND NOT EXISTS (SELECT FROM gateway.identity_links l
                     WHERE l.issuer = r.issuer AND l.subject = r.subject AND l.active)`,
  `ALTER TABLE gateway.role_assignments
     ALTER COLUMN issuer SET NOT NULL,
     ALTER COLUMN subject SET NOT NULL,
     ADD CONSTRAINT role_assignments_user_reach
       CHECK (user_id IS NULL OR (integration_id IS NOT NULL AND integration_ids = ARRAY[integration_id]))`,
];

/** Binds each role to one identity, and to at most one integration whose directory can end it. */
export class GatewayPinnedRoles1765100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM gateway.role_assignments WHERE ended_at IS NOT NULL');
    await runner.query(
      `ALTER TABLE gateway.role_assignments DROP CONSTRAINT role_assignments_user_reach, DROP COLUMN user_version,
         DROP COLUMN ended_at, ALTER COLUMN issuer DROP NOT NULL, ALTER COLUMN subject DROP NOT NULL`,
    );
    await runner.query('UPDATE gateway.role_assignments SET issuer = NULL, subject = NULL WHERE user_id IS NOT NULL');
    await runner.query('UPDATE gateway.role_assignments SET integration_id = NULL WHERE user_id IS NULL');
    await runner.query(
      `ALTER TABLE gateway.role_assignments ADD CONSTRAINT role_assignments_check
         CHECK ((issuer IS NULL) = (subject IS NULL) AND (integration_id IS NULL) = (user_id IS NULL)
           AND (issuer IS NULL) <> (user_id IS NULL))`,
    );
  }
}
