import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the number of undecidable requests of an integration, as last reported by access-flow. */
export class UndecidableRequests1765400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.integrations ADD COLUMN undecidable_requests integer NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.integrations DROP COLUMN undecidable_requests`);
  }
}
