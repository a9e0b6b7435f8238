import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Applies the rule `currentApprovers` to pending requests. In older requests, approvers who are inactive or no longer in the
 * flow cannot review, and no later change would mark such a request as undecidable.
 */
export class Deciders1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Under an automatic flow (no approvers) a request keeps its approvers, in the same order.
    await runner.query(
      `WITH kept AS (
         SELECT r.integration_id, r.id, r.user_id, f.approver_ids AS named,
           CASE WHEN f.approver_ids IS NULL THEN r.approver_ids
                ELSE ARRAY(SELECT a FROM unnest(r.approver_ids) WITH ORDINALITY AS u (a, n)
                           WHERE a = ANY (f.approver_ids) ORDER BY n) END AS own
         FROM access_flow.requests r
         JOIN access_flow.flows f ON f.integration_id = r.integration_id AND f.id = r.flow_id
         WHERE r.status = 'pending' AND r.approver_ids IS NOT NULL
       ), decided AS (
         SELECT integration_id, id, user_id,
           CASE WHEN own <@ ARRAY[user_id] THEN coalesce(named, own) ELSE own END AS approver_ids FROM kept
       )
       UPDATE access_flow.requests r SET approver_ids = d.approver_ids, undecidable = d.approver_ids <@ ARRAY[d.user_id]
       FROM decided d WHERE r.integration_id = d.integration_id AND r.id = d.id`,
    );
  }

  async down(): Promise<void> {
    // Nothing to revert: the migration of the column `undecidable` drops it.
  }
}
