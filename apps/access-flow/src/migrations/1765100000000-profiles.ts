import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Attributes of users that access rules can use. The row with the higher (version, attributes_version) is newer.
  `CREATE TABLE access_flow.user_profiles (
     integration_id uuid NOT NULL,
     user_id uuid NOT NULL,
     version bigint NOT NULL,
     attributes_version bigint NOT NULL,
     attributes jsonb NOT NULL,
     PRIMARY KEY (integration_id, user_id)
   )`,
  ...integrationTable('access_flow.user_profiles'),
];

/** Profiles of users. */
export class Profiles1765100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE access_flow.user_profiles`);
  }
}
