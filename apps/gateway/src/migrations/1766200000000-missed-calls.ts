import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the missed calls of an integration: how many users and groups have any, and which are dismissed. */
export class MissedCalls1766200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.integrations
         ADD COLUMN missed_calls integer NOT NULL DEFAULT 0, ADD COLUMN missed_calls_after uuid`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.integrations DROP COLUMN missed_calls, DROP COLUMN missed_calls_after`);
  }
}
