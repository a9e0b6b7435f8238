import { OF_BOUND, UNBOUND } from '../migrations.js';

/**
 * Statements of a migration that creates the table `jobs` of a service's schema, and of the one that drops it.
 *
 * Transactions of an integration see its jobs; a transaction without integrations (`Database.unscoped`) sees all jobs,
 * because the runner claims across integrations.
 *
 * @param schema the schema of the service
 */
export function jobsTable(schema: string): { up: string[]; down: string[] } {
  return {
    up: [
      // run_at is null while the job is leased, unless it is added again meanwhile.
      // claimable_at is a column because row-level security does not allow index conditions on coalesce().
      `CREATE TABLE ${schema}.jobs (
         kind text NOT NULL,
         integration_id uuid NOT NULL,
         key text NOT NULL,
         urgent boolean NOT NULL DEFAULT false,
         run_at timestamptz DEFAULT now(),
         due_since timestamptz NOT NULL DEFAULT now(),
         attempts integer NOT NULL DEFAULT 0,
         last_error text,
         lease uuid,
         lease_until timestamptz,
         claimable_at timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(lease_until, run_at)) STORED,
         request_id text NOT NULL,
         actor jsonb NOT NULL,
         traceparent text,
         tracestate text,
         PRIMARY KEY (kind, integration_id, key),
         CHECK ((lease IS NULL) = (lease_until IS NULL))
       )`,
      // Not on claimable_at: a claim would use this index too, and read all due jobs of the kind for each integration.
      `CREATE INDEX jobs_due ON ${schema}.jobs (kind, coalesce(lease_until, run_at))`,
      `CREATE INDEX jobs_by_integration ON ${schema}.jobs (kind, integration_id, urgent, claimable_at)`,
      `CREATE INDEX jobs_leased ON ${schema}.jobs (kind, integration_id) WHERE lease IS NOT NULL`,
      `ALTER TABLE ${schema}.jobs ENABLE ROW LEVEL SECURITY`,
      `CREATE POLICY bound ON ${schema}.jobs USING (${UNBOUND} OR ${OF_BOUND})`,
    ],
    down: [`DROP TABLE ${schema}.jobs`],
  };
}
