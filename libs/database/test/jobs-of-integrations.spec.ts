import { addJobs, type Job, type JobKind, type Tx } from '@tidegate/database';
import { currentRequestId, currentTrace, newTrace, withTrace } from '@tidegate/observability';
import { ACME, job, local, localJob, OTHER, remote, SCHEMA, TestJobs } from './job-harness.js';

const jobs = TestJobs.use();

describe('Jobs of one integration', () => {
  it('are visible to its transactions and to unscoped ones only', async () => {
    await jobs.add(job('a'), job('b', { integrationId: OTHER }));
    const visible = (tx: Tx) => tx.rows<{ key: string }>('SELECT key FROM identity.jobs ORDER BY key');
    const to = (...integrationIds: string[]) => jobs.databases[0].transaction({ integrationIds }, visible);
    expect(await to(ACME)).toEqual([{ key: 'a' }]);
    expect(await to(OTHER)).toEqual([{ key: 'b' }]);
    expect(await jobs.databases[0].unscoped(visible)).toHaveLength(2);
    const scope = { integrationIds: [ACME] };
    const added = jobs.databases[0].transaction(scope, (tx) =>
      addJobs(tx, SCHEMA, [job('b', { integrationId: OTHER })]),
    );
    await expect(added).rejects.toThrow('row-level security');
  });

  it('settle in a transaction that sees the rows of that integration only', async () => {
    await jobs.query(`INSERT INTO identity.notes VALUES ($1, 'acme'), ($2, 'other')`, [ACME, OTHER]);
    await jobs.add(localJob('a'), localJob('b', { integrationId: OTHER }));
    const seen: Record<string, unknown> = {};
    const settle = async (tx: Tx, { key }: Job) => {
      seen[key] = await tx.rows('SELECT text FROM identity.notes');
    };
    await jobs.runner([local(settle)]).drain();
    expect(seen).toEqual({ a: [{ text: 'acme' }], b: [{ text: 'other' }] });
  });

  it('run and settle with the request id, actor and trace of their change', async () => {
    const trace = { ...newTrace(), tracestate: 'rojo=1' };
    const cause = { requestId: 'request', actor: { kind: 'system', job: 'expiry' } } as const;
    await withTrace(trace, () => jobs.add(job('a', cause)));
    const seen: unknown[] = [];
    const look = ({ requestId, actor }: Job) =>
      seen.push({ requestId, actor, current: currentRequestId(), trace: currentTrace() });
    const kind: JobKind = {
      ...remote(async (each) => (look(each), '')),
      settle: async (_, each) => void look(each),
    };
    await jobs.runner([kind]).drain();
    expect(seen).toEqual([1, 2].map(() => ({ ...cause, current: 'request', trace })));
  });
});
