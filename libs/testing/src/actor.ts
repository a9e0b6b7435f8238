import { type Actor, type Cause } from '@tidegate/contracts';

/** The maker of the changes that tests make beneath the API. */
export const TEST_ACTOR: Actor = { kind: 'system', job: 'test' };

/** Their cause. */
export const TEST_CAUSE: Cause = { requestId: 'test', actor: TEST_ACTOR };
