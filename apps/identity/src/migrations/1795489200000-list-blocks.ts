import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Counts of users and groups, in blocks of ids. A block extends from its first id to that of the next block; the last
 * one extends to the `closed_until` id of the integration. Later ids are the open tail, which is counted for each
 * request.
 */
const CHANGES = [
  `CREATE TABLE identity.list_blocks (
     integration_id uuid NOT NULL,
     kind text NOT NULL CHECK (kind IN ('users', 'groups')),
     first_id uuid NOT NULL,
     count integer NOT NULL CHECK (count >= 0),
     PRIMARY KEY (integration_id, kind, first_id)
   )`,
  `ALTER TABLE identity.integrations ADD COLUMN users_closed_until uuid, ADD COLUMN groups_closed_until uuid`,
];

export class ListBlocks1795489200000 implements MigrationInterface {
  readonly name = 'ListBlocks1795489200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...CHANGES, ...integrationTable('identity.list_blocks')]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE identity.integrations DROP COLUMN users_closed_until, DROP COLUMN groups_closed_until`,
    );
    await runner.query(`DROP TABLE identity.list_blocks`);
  }
}
