import { Database } from '@tidegate/database';
import { useEmptyDatabase } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { Deciders1764900000000 } from '../src/migrations/1764900000000-deciders.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { SCHEMA } from '../src/common/schema.js';
import { HOUR } from './integration.js';

const [here, elsewhere, deploy, alice, bob, carol] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];

/** The approvers of a pending request; null if it needs no approval. */
interface CurrentApprovers {
  approverIds: string[] | null;
  undecidable: boolean;
}

/** Approvers of the request, approvers of the flow (null: automatic), and the result. The requester is alice. */
const CASES: [name: string, request: string[] | null, flow: string[] | null, result: CurrentApprovers][] = [
  [
    'approvers in the request and in the flow stay',
    [carol, bob],
    [bob, carol],
    { approverIds: [carol, bob], undecidable: false },
  ],
  ['approvers no longer in the flow are removed', [bob, carol], [carol], { approverIds: [carol], undecidable: false }],
  ['a request without approvers gets those of the flow', [], [bob], { approverIds: [bob], undecidable: false }],
  [
    'a request whose only approver is the requester gets those of the flow',
    [alice],
    [alice, bob],
    { approverIds: [alice, bob], undecidable: false },
  ],
  ['without approvers in the request and the flow it is undecidable', [], [], { approverIds: [], undecidable: true }],
  [
    'with the requester as only approver it is undecidable',
    [bob],
    [alice],
    { approverIds: [alice], undecidable: true },
  ],
  ['an automatic flow removes no approver', [bob], null, { approverIds: [bob], undecidable: false }],
  ['an automatic flow adds no approver', [], null, { approverIds: [], undecidable: true }],
  ['a request that needs no approval stays unchanged', null, [bob], { approverIds: null, undecidable: false }],
];

describe('The migration that updates approvers of pending requests', () => {
  const database = useEmptyDatabase();
  const approversOf = async (integration: string, id: string) => {
    const { rows } = await database.owner.query<CurrentApprovers>(
      `SELECT approver_ids AS "approverIds", undecidable FROM access_flow.requests WHERE integration_id = $1 AND id = $2`,
      [integration, id],
    );
    return rows[0];
  };
  const ids = CASES.map(() => uuidv7());
  const approved = uuidv7();

  beforeAll(async () => {
    await migrate(MIGRATIONS.slice(0, MIGRATIONS.indexOf(Deciders1764900000000)));
    for (const [index, [, request, flow]] of CASES.entries()) await insert(ids[index]!, 'pending', request, flow);
    await insert(approved, 'approved', [bob], [carol]);
    await migrate(MIGRATIONS.slice(0, MIGRATIONS.indexOf(Deciders1764900000000) + 1));
  });

  async function migrate(migrations: typeof MIGRATIONS): Promise<void> {
    await (await Database.open({ url: database.url, schema: SCHEMA, migrations, poolSize: 2 })).close();
  }

  /** Inserts a request and its flow. The flow with the same id in another integration has other approvers. */
  async function insert(id: string, status: string, request: string[] | null, flow: string[] | null): Promise<void> {
    for (const [integration, approvers] of [
      [here, flow],
      [elsewhere, [uuidv7()]],
    ])
      await database.owner.query(
        `INSERT INTO access_flow.flows
           (integration_id, id, name, name_key, enabled, group_ids, max_duration_seconds, approver_ids)
         VALUES ($1, $2, $2::uuid::text, $2::uuid::text, true, ARRAY[$3::uuid], $4, $5)`,
        [integration, id, deploy, HOUR, approvers],
      );
    await database.owner.query(
      `INSERT INTO access_flow.requests (integration_id, id, flow_id, user_id, group_id, deactivations, duration_seconds,
         status, approver_ids, expires_at)
       VALUES ($1, $2, $2, $3, gen_random_uuid(), 0, $4, $5, $6, now())`,
      [here, id, alice, HOUR, status, request],
    );
  }

  it.each(CASES.map(([name], index) => [name, index] as const))('%s', async (_, index) => {
    const [, , , result] = CASES[index]!;
    expect(await approversOf(here, ids[index]!)).toEqual(result);
  });

  it('decided requests stay unchanged', async () => {
    expect(await approversOf(here, approved)).toEqual({ approverIds: [bob], undecidable: false });
  });
});
