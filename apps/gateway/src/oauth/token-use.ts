import { type Tx } from '@tidegate/database';
import { notNow } from './oauth-fault.js';
import { errors } from 'oidc-provider';
import { MOST_PAIRS, mayRefresh } from './refresh.rule.js';
import {
  consumeState,
  countUse,
  deleteAccessOfSiblings,
  deleteState,
  findRefreshToken,
  findState,
  lockState,
  type NewState,
} from './states.queries.js';

/** How long it is remembered that something was used: for so long its second use ends the grant. */
const REMEMBER_USED_SECONDS: Readonly<Record<string, number>> = {
  AuthorizationCode: 86_400,
  RefreshToken: 30 * 86_400,
};

/**
 * Writes down that a code or a refresh token is used: a code once, a refresh token as `mayRefresh` says. Uses of one grant
 * follow one another. When it turns out which of several pairs arrived, the access tokens of the others end.
 * @returns false when this is a use too many; the grant is ended then
 * @throws TemporarilyUnavailable when a refresh token has given all its pairs
 */
export async function useOnce(
  tx: Tx,
  { integrationId, model, key }: Pick<NewState, 'integrationId' | 'model' | 'key'>,
): Promise<boolean> {
  const refresh = model === 'RefreshToken';
  const known = await findState(tx, integrationId, key);
  if (!known?.grantKey) return false;
  const { grantKey } = known;
  const endGrant = async (): Promise<false> => {
    await deleteState(tx, integrationId, grantKey);
    return false;
  };
  if (refresh) await lockState(tx, integrationId, grantKey);
  const token = refresh ? await findRefreshToken(tx, integrationId, key) : undefined;
  if (token && !mayRefresh(token, new Date())) return endGrant();
  if (token && (await countUse(tx, integrationId, key)) > MOST_PAIRS)
    throw notNow('this refresh token has given its pairs of tokens: use one of them');
  const first = await consumeState(tx, integrationId, key, REMEMBER_USED_SECONDS[model] ?? 0);
  if (token && first) await deleteAccessOfSiblings(tx, integrationId, key);
  return first || token !== undefined || endGrant();
}

/**
 * While an access token is made, a sibling of its refresh token may be used.
 * @throws InvalidGrant then
 */
export async function refuseLoser(
  tx: Tx,
  { integrationId, grantKey, parentKey }: Pick<NewState, 'integrationId' | 'grantKey' | 'parentKey'>,
): Promise<void> {
  if (!grantKey || !parentKey) return;
  await lockState(tx, integrationId, grantKey);
  const refreshToken = await findRefreshToken(tx, integrationId, parentKey);
  if (refreshToken?.siblingUsed) throw new errors.InvalidGrant('another refresh token is in use');
}
