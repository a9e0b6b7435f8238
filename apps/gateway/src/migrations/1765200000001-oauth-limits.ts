import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the network of a consent request, and the number of uses of a refresh token. */
export class GatewayOAuthLimits1765200000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.oauth_states ADD COLUMN network text, ADD COLUMN uses integer NOT NULL DEFAULT 0`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway.oauth_states DROP COLUMN network, DROP COLUMN uses');
  }
}
