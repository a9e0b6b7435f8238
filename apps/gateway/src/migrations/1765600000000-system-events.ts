import { systemEvents } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = systemEvents('gateway');

/** Allows events without integration, adds their trace context, and enables row-level security for the messaging tables. */
export class GatewaySystemEvents1765600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS.up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS.down) await runner.query(statement);
  }
}
