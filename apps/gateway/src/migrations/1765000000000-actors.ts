import { addActor } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const MADE_BY = [
  'integrations',
  'scim_tokens',
  'oauth_clients',
  'oauth_client_secrets',
  'login_providers',
  'role_assignments',
];
const CHANGED_BY = ['integrations', 'oauth_clients', 'login_providers'];

/** Adds actors to events, and to rows that administrators create and change. Null for rows from before this migration. */
export class Actors1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of addActor('gateway.outbox')) await runner.query(sql);
    for (const table of MADE_BY) await runner.query(`ALTER TABLE gateway.${table} ADD COLUMN created_by jsonb`);
    for (const table of CHANGED_BY) await runner.query(`ALTER TABLE gateway.${table} ADD COLUMN updated_by jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.outbox DROP COLUMN actor`);
    for (const table of MADE_BY) await runner.query(`ALTER TABLE gateway.${table} DROP COLUMN created_by`);
    for (const table of CHANGED_BY) await runner.query(`ALTER TABLE gateway.${table} DROP COLUMN updated_by`);
  }
}
