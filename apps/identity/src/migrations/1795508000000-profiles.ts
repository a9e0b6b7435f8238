import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const CHANGES = [
  // Canonical names, and the version of the integration under which they were saved.
  `ALTER TABLE identity.integrations
     ADD COLUMN profile_attributes text[] NOT NULL DEFAULT '{}',
     ADD COLUMN profile_attributes_version bigint NOT NULL DEFAULT 0`,
  // How far profiles were published again after a change of these names, in the order of the users' ids.
  `CREATE TABLE identity.profile_passes (
     integration_id uuid PRIMARY KEY REFERENCES identity.integrations ON DELETE CASCADE,
     names text[] NOT NULL,
     users_after uuid NOT NULL
   )`,
  ...integrationTable('identity.profile_passes'),
];

/** The extension attributes of users that access rules may use. */
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
