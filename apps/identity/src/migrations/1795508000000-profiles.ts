import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const CHANGES = [
  // Canonical attribute names, and the version of the integration at which they were saved.
  `ALTER TABLE identity.integrations
     ADD COLUMN profile_attributes text[] NOT NULL DEFAULT '{}',
     ADD COLUMN profile_attributes_version bigint NOT NULL DEFAULT 0`,
  // The last user whose profile was published again after a change of these names, ordered by id.
  `CREATE TABLE identity.profile_passes (
     integration_id uuid PRIMARY KEY REFERENCES identity.integrations ON DELETE CASCADE,
     names text[] NOT NULL,
     users_after uuid NOT NULL
   )`,
  ...integrationTable('identity.profile_passes'),
];

/** The extension attributes of users that access rules can use. */
export class Profiles1795508000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of CHANGES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE identity.profile_passes`);
    await runner.query(
      `ALTER TABLE identity.integrations DROP COLUMN profile_attributes, DROP COLUMN profile_attributes_version`,
    );
  }
}
