import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** How an integration's client speaks SCIM, and which schemas it has beyond those of RFC 7643. */
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
