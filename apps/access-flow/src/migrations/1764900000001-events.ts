import { eventColumns } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = eventColumns('access_flow');

/** Renames the tables of messaging to the terms event, subscriber and dead letter. */
export class AccessFlowEvents1764900000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of COLUMNS.up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of COLUMNS.down) await runner.query(statement);
  }
}
