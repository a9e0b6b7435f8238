import { type Actor, type Cause } from '@tidegate/contracts';

/** The actor of changes that tests make without the API. */
export const TEST_ACTOR: Actor = { kind: 'system', job: 'test' };

/** The cause of those changes. */
export const TEST_CAUSE: Cause = { requestId: 'test', actor: TEST_ACTOR };
