import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The owners of groups, and the reason that is given for the end of a grant. */
export class GroupOwners1765710000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE access_flow.group_owners (
         integration_id uuid NOT NULL,
         group_id uuid NOT NULL,
         user_id uuid NOT NULL,
         deactivations integer NOT NULL,
         added_by jsonb NOT NULL,
         added_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (integration_id, group_id, user_id)
       )`,
    );
    for (const statement of integrationTable('access_flow.group_owners')) await runner.query(statement);
    await runner.query(`ALTER TABLE access_flow.grants ADD COLUMN end_comment text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE access_flow.grants DROP COLUMN end_comment`);
    await runner.query(`DROP TABLE access_flow.group_owners`);
  }
}
