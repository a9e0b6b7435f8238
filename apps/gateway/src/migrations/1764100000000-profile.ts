import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the profile of an integration: the SCIM dialect of its client, and its schema extensions (RFC 7643 §3.3). */
export class GatewayProfile1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.integrations
         ADD COLUMN dialect text NOT NULL DEFAULT 'okta' CHECK (dialect IN ('okta', 'entra', 'strict')),
         ADD COLUMN extensions jsonb NOT NULL DEFAULT '{"User": [], "Group": []}'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway.integrations DROP COLUMN dialect, DROP COLUMN extensions');
  }
}
