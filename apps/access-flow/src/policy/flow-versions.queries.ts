import { columnsOf, type Tx } from '@tidegate/database';
import { FlowVersionEntity } from './flow-version.entity.js';

/**
 * @param upTo only this version and lower ones; undefined: all
 * @returns the versions of a flow, newest first, also of a deleted flow
 */
export function listVersions(
  tx: Tx,
  integrationIds: string[],
  flowId: string,
  { upTo, limit }: { upTo?: number | undefined; limit: number },
): Promise<FlowVersionEntity[]> {
  return tx.rows<FlowVersionEntity>(
    `SELECT ${columnsOf(FlowVersionEntity)} FROM access_flow.flow_versions
     WHERE integration_id = ANY ($1::uuid[]) AND flow_id = $2 AND ($3::integer IS NULL OR version <= $3)
     ORDER BY version DESC LIMIT $4`,
    [integrationIds, flowId, upTo ?? null, limit],
  );
}
