import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  // The catalog defines the types, and which of them require a domain.
  `ALTER TABLE gateway.integrations DROP CONSTRAINT integrations_type_check, ALTER COLUMN domain DROP NOT NULL`,
  `ALTER TABLE gateway.integrations DROP CONSTRAINT integrations_status_check,
     ADD CONSTRAINT integrations_status_is CHECK (status IN ('initializing', 'active', 'warning', 'disconnected', 'disabled')),
     ADD COLUMN status_since timestamptz NOT NULL DEFAULT now(),
     ADD COLUMN status_code text NOT NULL DEFAULT 'waiting_for_first_call',
     ADD COLUMN status_detail text NOT NULL DEFAULT '',
     ADD COLUMN connected_at timestamptz,
     ADD COLUMN last_seen_at timestamptz,
     ADD COLUMN disconnected_after_seconds integer NOT NULL DEFAULT 0,
     ADD COLUMN disablements integer NOT NULL DEFAULT 0`,
  // The time of the first call of an active integration is unknown, so it is set to the time of the migration.
  `UPDATE gateway.integrations SET connected_at = now(), last_seen_at = now(), status_code = 'connected'
   WHERE status = 'active'`,
  `CREATE TABLE gateway.call_counts (
     integration_id uuid NOT NULL REFERENCES gateway.integrations ON DELETE CASCADE,
     minute timestamptz NOT NULL,
     calls integer NOT NULL,
     failures integer NOT NULL,
     refusals integer NOT NULL,
     refused_credentials integer NOT NULL,
     PRIMARY KEY (integration_id, minute)
   )`,
  ...integrationTable('gateway.call_counts'),
  // Ids only, without row-level security: event streams read them before access is checked. Includes deleted integrations.
  `CREATE TABLE gateway.integration_changes (
     id uuid PRIMARY KEY,
     integration_id uuid NOT NULL,
     kind text NOT NULL,
     version bigint NOT NULL,
     at timestamptz NOT NULL DEFAULT now()
   )`,
  `CREATE INDEX integration_changes_at ON gateway.integration_changes (at)`,
];

/** Adds the status of an integration with its reason, the call counts that determine it, and a table of changes. */
export class GatewayLifecycle1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.integration_changes, gateway.call_counts');
    await runner.query(
      `ALTER TABLE gateway.integrations DROP CONSTRAINT integrations_status_is, DROP COLUMN status_since,
         DROP COLUMN status_code, DROP COLUMN status_detail, DROP COLUMN connected_at, DROP COLUMN last_seen_at,
         DROP COLUMN disconnected_after_seconds, DROP COLUMN disablements`,
    );
  }
}
