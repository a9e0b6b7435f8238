import { GRANT_STATUSES, REQUEST_STATUSES } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';

describe('The database accepts exactly the statuses of the contract', () => {
  const accessFlow = TestAccessFlow.use();

  it.each([
    ['grants', GRANT_STATUSES],
    ['requests', REQUEST_STATUSES],
  ])('of %s', async (table, statuses) => {
    const [check] = await accessFlow.rows<{ definition: string }>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1`,
      [`${table}_status_check`],
    );
    expect([...check!.definition.matchAll(/'(\w+)'/g)].map(([, status]) => status)).toEqual([...statuses]);
  });
});
