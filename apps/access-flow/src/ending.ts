import { type Cause, type GrantEndReason } from '@tidegate/contracts';
import { EVER } from './directory/user-state.rule.js';

/** What ends: everything of a user (made under a lower count of deactivations), of a group, a flow, an integration. */
export type Of =
  | { kind: 'user'; id: string; madeBefore: number }
  | { kind: 'group'; id: string }
  | { kind: 'flow'; id: string }
  | { kind: 'integration'; id: string }
  /** One grant, whenever it would have ended. */
  | { kind: 'grant'; id: string }
  /** One grant, if its time is over by the database's clock. */
  | { kind: 'grantThatIsOver'; id: string };

/** What ends, why, and the cause. */
export interface Ending<O extends Of = Of> {
  of: O;
  reason: GrantEndReason;
  cause: Cause;
}

/** @returns the binds of every statement that ends something: integration, id, and the count below which it ends */
export function endingBinds(integrationId: string, of: Of): [string, string, number] {
  return [integrationId, of.id, of.kind === 'user' ? of.madeBefore : EVER];
}
