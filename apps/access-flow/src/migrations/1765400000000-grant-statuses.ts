import { type MigrationInterface, type QueryRunner } from 'typeorm';

const allow = (statuses: string) =>
  `ALTER TABLE access_flow.grants DROP CONSTRAINT grants_status_check,
     ADD CONSTRAINT grants_status_check CHECK (status IN (${statuses}))`;

/** Removes the status `scheduled`, which no grant has had. */
export class GrantStatuses1765400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(allow(`'activating', 'active', 'revoking', 'ended'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(allow(`'scheduled', 'activating', 'active', 'revoking', 'ended'`));
  }
}
