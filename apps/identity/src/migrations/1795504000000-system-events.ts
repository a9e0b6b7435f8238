import { systemEvents } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = systemEvents('identity');

/** Allows events without an integration, and adds the trace of an event. */
export class IdentitySystemEvents1795504000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS.up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS.down) await runner.query(statement);
  }
}
