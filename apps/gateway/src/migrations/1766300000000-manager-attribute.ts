import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the attribute by which the managers of users are found. */
export class ManagerAttribute1766300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.integrations ADD COLUMN manager_attribute text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.integrations DROP COLUMN manager_attribute`);
  }
}
