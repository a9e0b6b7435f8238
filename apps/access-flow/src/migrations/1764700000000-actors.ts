import { addActor } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The actor of each event and of each row of target work. */
export class Actors1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [...addActor('access_flow.outbox'), ...addActor('access_flow.target_work')])
      await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE access_flow.outbox DROP COLUMN actor`);
    await runner.query(`ALTER TABLE access_flow.target_work DROP COLUMN actor`);
  }
}
