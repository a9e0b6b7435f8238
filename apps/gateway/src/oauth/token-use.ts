import { type Tx } from '@tidegate/database';
import { temporarilyUnavailable } from './oauth-fault.js';
import { errors } from 'oidc-provider';
import { canRefresh, MAX_EXCHANGES } from './refresh.rule.js';
import { StateEntity } from './state.entity.js';
import {
  consumeState,
  countUse,
  deleteAccessOfSiblings,
  findRefreshToken,
  lockState,
  type NewState,
} from './states.queries.js';

/** How long a second use is detected and revokes the grant. */
const REMEMBER_USED_SECONDS: Readonly<Record<string, number>> = {
  AuthorizationCode: 86_400,
  RefreshToken: 30 * 86_400,
};

/**
 * Records the use of a code (once) or refresh token (see `canRefresh`). Uses of one grant run one at a time. The first use of
 * a refresh token deletes the access tokens issued with its siblings.
 * @returns false for a forbidden use; the grant is deleted then
 * @throws TemporarilyUnavailable when a refresh token was used more than `MAX_EXCHANGES` times
 */
export async function useOnce(
  tx: Tx,
  { integrationId, model, key }: Pick<NewState, 'integrationId' | 'model' | 'key'>,
): Promise<boolean> {
  const isRefresh = model === 'RefreshToken';
  const state = await tx.findOne(StateEntity, { where: { integrationId, key } });
  if (!state?.grantKey) return false;
  const { grantKey } = state;
  const deleteGrant = async (): Promise<false> => {
    await tx.delete(StateEntity, { integrationId, key: grantKey }); // and its tokens, by foreign key
    return false;
  };
  if (isRefresh) await lockState(tx, integrationId, grantKey);
  const token = isRefresh ? await findRefreshToken(tx, integrationId, key) : undefined;
  if (token && !canRefresh(token, new Date())) return deleteGrant();
  if (token && (await countUse(tx, integrationId, key)) > MAX_EXCHANGES)
    throw temporarilyUnavailable(
      'this refresh token was used too often: use a refresh token from one of the responses',
    );
  const first = await consumeState(tx, integrationId, key, REMEMBER_USED_SECONDS[model] ?? 0);
  if (token && first) await deleteAccessOfSiblings(tx, integrationId, key);
  return first || token !== undefined || deleteGrant();
}

/**
 * Refuses to store an access token if a sibling of its refresh token has been used.
 * @throws InvalidGrant in this case
 */
export async function refuseReplaced(
  tx: Tx,
  { integrationId, grantKey, parentKey }: Pick<NewState, 'integrationId' | 'grantKey' | 'parentKey'>,
): Promise<void> {
  if (!grantKey || !parentKey) return;
  await lockState(tx, integrationId, grantKey);
  const refreshToken = await findRefreshToken(tx, integrationId, parentKey);
  if (refreshToken?.siblingUsed) throw new errors.InvalidGrant('another refresh token of this grant is in use');
}
