import { Database } from '@tidegate/database';
import { emptyDatabase, type TestDatabase } from '@tidegate/testing';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { Deciders1764900000000 } from '../src/migrations/1764900000000-deciders.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { type CurrentApprovers, currentApprovers } from '../src/requests/approvers.rule.js';
import { SCHEMA } from '../src/schema.js';
import { HOUR } from './integration.js';

const [here, elsewhere, deploy, alice, bob, carol] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];

/** Approvers of the request, those of the flow (null: automatic), and who decides then. The requester is alice. */
const CASES: [promise: string, request: string[] | null, flow: string[] | null, then: CurrentApprovers][] = [
  ['approvers of both stay', [carol, bob], [bob, carol], { approverIds: [carol, bob], undecidable: false }],
  ['whom the flow no longer names is taken out', [bob, carol], [carol], { approverIds: [carol], undecidable: false }],
  ['those of the flow follow those who all left', [], [bob], { approverIds: [bob], undecidable: false }],
  [
    'so they do when the requester alone is left',
    [alice],
    [alice, bob],
    { approverIds: [alice, bob], undecidable: false },
  ],
  ['with no approver anywhere it is undecidable', [], [], { approverIds: [], undecidable: true }],
  ['the requester alone cannot decide', [bob], [alice], { approverIds: [alice], undecidable: true }],
  ['an automatic flow takes no approver away', [bob], null, { approverIds: [bob], undecidable: false }],
  ['nor gives one', [], null, { approverIds: [], undecidable: true }],
  ['a request that needs none stays so', null, [bob], { approverIds: null, undecidable: false }],
];

describe('pending requests from before the flow of that moment counted', () => {
  let own: TestDatabase;
  let owner: pg.Client;
  const approversOf = async (integration: string, id: string) => {
    const { rows } = await owner.query<CurrentApprovers>(
      `SELECT approver_ids AS "approverIds", undecidable FROM access_flow.requests WHERE integration_id = $1 AND id = $2`,
      [integration, id],
    );
    return rows[0];
  };
  const ids = CASES.map(() => uuidv7());
  const approved = uuidv7();

  beforeAll(async () => {
    own = await emptyDatabase();
    owner = new pg.Client({ connectionString: own.url });
    await owner.connect();
    await migrate(MIGRATIONS.slice(0, MIGRATIONS.indexOf(Deciders1764900000000)));
    for (const [index, [, request, flow]] of CASES.entries()) await insert(ids[index]!, 'pending', request, flow);
    await insert(approved, 'approved', [bob], [carol]);
    await migrate(MIGRATIONS);
  });
  afterAll(async () => {
    await owner?.end();
    await own?.drop();
  });

  async function migrate(migrations: typeof MIGRATIONS): Promise<void> {
    await (await Database.open({ url: own.url, schema: SCHEMA, migrations, poolSize: 2 })).close();
  }

  /** A request and its flow; the flow of the same id in another integration names other approvers. */
  async function insert(id: string, status: string, request: string[] | null, flow: string[] | null): Promise<void> {
    for (const [integration, approvers] of [
      [here, flow],
      [elsewhere, [uuidv7()]],
    ])
      await owner.query(
        `INSERT INTO access_flow.flows
           (integration_id, id, name, name_key, enabled, group_ids, max_duration_seconds, approver_ids)
         VALUES ($1, $2, $2::uuid::text, $2::uuid::text, true, ARRAY[$3::uuid], $4, $5)`,
        [integration, id, deploy, HOUR, approvers],
      );
    await owner.query(
      `INSERT INTO access_flow.requests (integration_id, id, flow_id, user_id, group_id, deactivations, duration_seconds,
         status, approver_ids, expires_at)
       VALUES ($1, $2, $2, $3, gen_random_uuid(), 0, $4, $5, $6, now())`,
      [here, id, alice, HOUR, status, request],
    );
  }

  it.each(CASES.map(([promise], index) => [promise, index] as const))('%s', async (_, index) => {
    const [, approverIds, named, then] = CASES[index]!;
    expect(await approversOf(here, ids[index]!)).toEqual(then);
    const approval = named ? ({ kind: 'one_approver', approverIds: named } as const) : ({ kind: 'automatic' } as const);
    expect(currentApprovers({ userId: alice, approverIds }, approval)).toEqual(then);
  });

  it('and those that are decided stay as they were', async () => {
    expect(await approversOf(here, approved)).toEqual({ approverIds: [bob], undecidable: false });
  });
});
