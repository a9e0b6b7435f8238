import { outboxByDueTime } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = outboxByDueTime('gateway');

/** Orders the index of the outbox by due time. */
export class GatewayOutboxByDueTime1765800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS.up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS.down) await runner.query(statement);
  }
}
