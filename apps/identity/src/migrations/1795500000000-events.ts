import { eventColumns } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = eventColumns('identity');

/** Renames messaging tables and columns to the terms event, subscriber and dead letter. */
export class IdentityEvents1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of COLUMNS.up) await runner.query(statement);
    await runner.query(`ALTER TABLE identity.sync_tellings RENAME TO sync_publications`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of COLUMNS.down) await runner.query(statement);
    await runner.query(`ALTER TABLE identity.sync_publications RENAME TO sync_tellings`);
  }
}
