import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  // The id contains the time (UUIDv7), so one index serves sorting, paging and filters by time.
  `CREATE TABLE gateway.provisioning_log (
     id uuid PRIMARY KEY,
     integration_id uuid NOT NULL REFERENCES gateway.integrations ON DELETE CASCADE,
     operation text NOT NULL,
     resource_type text,
     target_id uuid,
     name_hash bytea,
     result text NOT NULL CHECK (result IN ('ok', 'refused', 'failed')),
     status integer NOT NULL,
     scim_type text,
     detail text,
     duration_ms real NOT NULL,
     request_id text NOT NULL,
     credential_kind text NOT NULL,
     credential_id text NOT NULL,
     client_network text
   )`,
  `CREATE INDEX provisioning_log_newest ON gateway.provisioning_log (integration_id, id)`,
  `CREATE INDEX provisioning_log_operation ON gateway.provisioning_log (integration_id, operation, id)`,
  `CREATE INDEX provisioning_log_request ON gateway.provisioning_log (integration_id, request_id, id)`,
  `CREATE INDEX provisioning_log_target ON gateway.provisioning_log (integration_id, target_id, id)
     WHERE target_id IS NOT NULL`,
  `CREATE INDEX provisioning_log_name ON gateway.provisioning_log (integration_id, name_hash, id)
     WHERE name_hash IS NOT NULL`,
  `CREATE INDEX provisioning_log_trouble ON gateway.provisioning_log (integration_id, result, id) WHERE result <> 'ok'`,
  ...integrationTable('gateway.provisioning_log'),
  // Kept longer than the log, so that the time is known after the entry is deleted.
  `CREATE TABLE gateway.provisioning_milestones (
     integration_id uuid NOT NULL REFERENCES gateway.integrations ON DELETE CASCADE,
     milestone text NOT NULL,
     first_at timestamptz NOT NULL,
     last_at timestamptz NOT NULL,
     PRIMARY KEY (integration_id, milestone)
   )`,
  ...integrationTable('gateway.provisioning_milestones'),
];

/** Adds the provisioning log, and the times when each milestone of an integration was first and last reached. */
export class GatewayProvisioningLog1764511000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.provisioning_log, gateway.provisioning_milestones');
  }
}
