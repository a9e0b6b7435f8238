import { Database } from '@tidegate/database';
import { useEmptyDatabase } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { ApprovalSteps1765800000000 } from '../src/migrations/1765800000000-approval-steps.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { findFlow } from '../src/policy/flows.queries.js';
import { findRequest } from '../src/requests/named-requests.queries.js';
import { ENTITIES } from '../src/entities.js';
import { SCHEMA } from '../src/common/schema.js';
import { HOUR, oneOf } from './integration.js';

const [here, deploy, billing, alice, bob, carol] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];
const [open, members, nobody, disabled] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
const [pending, decided, waiting] = [uuidv7(), uuidv7(), uuidv7()];

/** Groups of the requesters (null: everyone), approvers (null: automatic), and whether it is enabled. */
const FLOWS: [id: string, groups: string[] | null, approvers: string[] | null, enabled: boolean][] = [
  [open, null, null, true],
  [members, [deploy, billing], [bob, carol], true],
  [nobody, [], [], true],
  [disabled, null, [bob], false],
];
const REQUESTS: [id: string, flow: string, status: string, approvers: string[] | null][] = [
  [pending, members, 'pending', [carol, bob]],
  [decided, disabled, 'approved', [bob]],
  [waiting, open, 'pending', [bob]],
];

describe('The migration to conditions and steps', () => {
  const empty = useEmptyDatabase();
  let database: Database | undefined;

  beforeAll(async () => {
    const number = MIGRATIONS.indexOf(ApprovalSteps1765800000000);
    const open = (migrations: typeof MIGRATIONS) =>
      Database.open({ url: empty.url, schema: SCHEMA, migrations, entities: ENTITIES, poolSize: 2 });
    await (await open(MIGRATIONS.slice(0, number))).close();
    const run = (sql: string, binds: unknown[]) => empty.owner.query(sql, binds);
    for (const [id, name, deactivations] of [
      [alice, 'alice', 0],
      [bob, 'bob', 0],
      [carol, 'carol', 2],
    ] as const)
      await run(
        `INSERT INTO access_flow.users (integration_id, id, user_name, user_name_key, active, deleted, deactivations, version)
         VALUES ($1, $2, $3::text, $3::text, true, false, $4, 1)`,
        [here, id, name, deactivations],
      );
    for (const [id, groups, approvers, enabled] of FLOWS)
      await run(
        `INSERT INTO access_flow.flows (integration_id, id, name, name_key, enabled, group_ids, requester_group_ids,
           max_duration_seconds, approver_ids, created_by)
         VALUES ($1, $2, $2::uuid::text, $2::uuid::text, $3, ARRAY[$4::uuid], $5, $6, $7, '{"kind":"system","job":"x"}')`,
        [here, id, enabled, deploy, groups, HOUR, approvers],
      );
    for (const [id, flow, status, approvers] of REQUESTS)
      await run(
        `INSERT INTO access_flow.requests (integration_id, id, flow_id, user_id, group_id, deactivations, duration_seconds,
           status, approver_ids, expires_at) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, now() + interval '1 day')`,
        [here, id, flow, alice, deploy, HOUR, status, approvers],
      );
    await run(
      `INSERT INTO access_flow.reviews (integration_id, request_id, reviewer_id, verdict) VALUES ($1, $2, $3, 'approve')`,
      [here, decided, bob],
    );
    await run(
      `INSERT INTO access_flow.grants (integration_id, id, request_id, flow_id, user_id, group_id, status, deactivations,
         starts_at, ends_at) VALUES ($1, $2, $2, $3, $4, $5, 'active', 0, now(), now() + interval '1 hour')`,
      [here, decided, disabled, alice, deploy],
    );
    database = await open(MIGRATIONS);
  });
  afterAll(() => database?.close());

  const flow = (id: string) => database!.transaction({ integrationIds: [here] }, (tx) => findFlow(tx, [here], id));
  const request = (id: string) =>
    database!.transaction({ integrationIds: [here] }, (tx) => findRequest(tx, [here], id));

  it('turns everyone into everyone, and automatic approval into no steps with automatic extensions', async () => {
    expect(await flow(open)).toMatchObject({
      ...{ enabled: true, priority: 0, labels: [], requesters: ['self'], groupIds: [deploy], steps: [], ownerIds: [] },
      ...{
        eligibility: { kind: 'everyone' },
        minDurationSeconds: 60,
        maxDurationSeconds: HOUR,
        distinctApprovers: true,
      },
      extension: { approval: 'automatic', maxSeconds: HOUR },
      ...{ whenIneligible: 'keep', pendingSeconds: null, maxGrantsPerUser: null, maxGrantsPerGroup: null },
    });
  });

  it('turns requester groups into a condition, and approvers into one step, in their order', async () => {
    const migrated = await flow(members);
    expect(migrated).toMatchObject({
      eligibility: { kind: 'group', operator: 'in', values: [deploy, billing] },
      steps: oneOf(bob, carol),
      namedUsers: { [bob]: 0, [carol]: 2 },
      extension: { approval: 'steps' },
    });
  });

  it('keeps a flow that had no requesters or approvers closed', async () => {
    expect(await flow(nobody)).toMatchObject({
      eligibility: { kind: 'not', condition: { kind: 'everyone' } },
      steps: [{ quorum: 'any', approvers: [{ kind: 'flow_owners' }] }],
    });
    expect(await flow(disabled)).toMatchObject({ enabled: false, steps: oneOf(bob) });
  });

  it('keeps the first version of each flow', async () => {
    const { rows } = await empty.owner.query(
      `SELECT flow_id AS id, settings ->> 'name' AS name, saved_by AS "savedBy" FROM access_flow.flow_versions`,
    );
    const savedBy = { kind: 'system', job: 'x' };
    expect(rows).toHaveLength(FLOWS.length);
    expect(rows).toEqual(expect.arrayContaining(FLOWS.map(([id]) => ({ id, name: id, savedBy }))));
  });

  it('opens the step of pending requests for their approvers', async () => {
    const migrated = await request(pending);
    expect(migrated).toMatchObject({
      kind: 'access',
      status: 'pending',
      step: 0,
      flowVersion: 1,
      steps: [{ status: 'open' }],
    });
    expect(migrated!.steps[0]!.approvers.map(({ id, tier, sources }) => [id, tier, sources])).toEqual([
      [bob, 'step', ['user']],
      [carol, 'step', ['user']],
    ]);
    const { rows } = await empty.owner.query(
      `SELECT approver_id AS id FROM access_flow.request_approvers WHERE open AND request_id = $1`,
      [pending],
    );
    expect(rows).toHaveLength(2);
    expect(await request(waiting)).toMatchObject({ status: 'pending' });
  });

  it('keeps reviews, and closes the approvers of decided requests', async () => {
    expect(await request(decided)).toMatchObject({
      status: 'approved',
      reviews: [{ step: 0, reviewerId: bob, reviewerName: 'bob', sources: ['user'], counts: true }],
    });
    const { rows } = await empty.owner.query(`SELECT open FROM access_flow.request_approvers WHERE request_id = $1`, [
      decided,
    ]);
    expect(rows).toEqual([{ open: false }]);
  });

  it('keeps grants, with no extension and an unknown earlier membership', async () => {
    const { rows } = await empty.owner.query(
      `SELECT status, extensions, already_member AS "alreadyMember" FROM access_flow.grants`,
    );
    expect(rows).toEqual([{ status: 'active', extensions: 0, alreadyMember: null }]);
  });
});
