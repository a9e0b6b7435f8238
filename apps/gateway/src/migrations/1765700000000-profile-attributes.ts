import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the version at the last change of the set of attributes that access rules can use. */
export class ProfileAttributes1765700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.integrations ADD COLUMN profile_attributes_version bigint NOT NULL DEFAULT 0`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.integrations DROP COLUMN profile_attributes_version`);
  }
}
