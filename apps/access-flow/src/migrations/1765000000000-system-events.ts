import { systemEvents } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = systemEvents('access_flow');

/** Allows events without an integration. Events and target work get a trace. */
export class AccessFlowSystemEvents1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS.up) await runner.query(statement);
    await runner.query('ALTER TABLE access_flow.target_work ADD COLUMN traceparent text, ADD COLUMN tracestate text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE access_flow.target_work DROP COLUMN traceparent, DROP COLUMN tracestate');
    for (const statement of STATEMENTS.down) await runner.query(statement);
  }
}
