import { eventColumns } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = eventColumns('gateway');

/** Renames columns and a state of the messaging tables to the terms event, subscriber and dead letter. */
export class GatewayEvents1765500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of COLUMNS.up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of COLUMNS.down) await runner.query(statement);
  }
}
