import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Where a request for consent came from, and how often a refresh token was used. */
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
