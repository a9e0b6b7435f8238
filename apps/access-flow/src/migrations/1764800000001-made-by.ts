import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The actors of requests, reviews, extensions, revocations and changes of flows; null in older rows. */
const COLUMNS = {
  flows: ['created_by', 'updated_by'],
  requests: ['requested_by'],
  reviews: ['reviewed_by'],
  grants: ['extended_by', 'revoked_by'],
};

export class MadeBy1764800000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(COLUMNS))
      for (const column of columns) await runner.query(`ALTER TABLE access_flow.${table} ADD COLUMN ${column} jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(COLUMNS))
      for (const column of columns) await runner.query(`ALTER TABLE access_flow.${table} DROP COLUMN ${column}`);
  }
}
