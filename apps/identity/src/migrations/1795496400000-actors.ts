import { addActor } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the actor of each event. */
export class Actors1795496400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of addActor('identity.outbox')) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE identity.outbox DROP COLUMN actor`);
  }
}
