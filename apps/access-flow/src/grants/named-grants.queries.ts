import { type GrantReply } from '@tidegate/contracts';
import { type Bind, columnsOf, type Tx } from '@tidegate/database';
import { accessNames, type GroupNames, namedActor, type UserNames } from '../directory/names.rule.js';
import { actorIds, groupNames, userNames } from '../directory/names.sql.js';
import { GrantEntity } from './grant.entity.js';
import { grantState } from './grants.queries.js';

interface NamedRow extends GrantEntity {
  flowName: string | null;
  users: UserNames;
  groups: GroupNames;
}

const ACTORS = [...actorIds('g.extended_by'), ...actorIds('g.revoked_by')];
const select = (source: string) => `
  SELECT ${columnsOf(GrantEntity, 'g')}, f.name AS "flowName",
    ${userNames('g', ['g.user_id', ...ACTORS])} AS users, ${groupNames('g', ['g.group_id'])} AS groups
  FROM ${source} g
  LEFT JOIN access_flow.flows f ON f.integration_id = g.integration_id AND f.id = g.flow_id`;

const grantRecord = (grant: NamedRow): GrantReply => ({
  id: grant.id,
  ...grantState(grant),
  integrationId: grant.integrationId,
  ...accessNames(grant, grant.users, grant.groups),
  flowId: grant.flowId,
  flowName: grant.flowName,
  startsAt: grant.startsAt.toISOString(),
  extensions: grant.extensions,
  alreadyMember: grant.alreadyMember,
  endComment: grant.endComment,
  createdAt: grant.createdAt.toISOString(),
  activatedAt: grant.activatedAt?.toISOString() ?? null,
  revokingAt: grant.revokingAt?.toISOString() ?? null,
  endedAt: grant.endedAt?.toISOString() ?? null,
  extendedBy: namedActor(grant.extendedBy, grant.users),
  revokedBy: namedActor(grant.revokedBy, grant.users),
});

/**
 * Reads grants with the names of what they refer to.
 * @param source SQL: the table of grants, or a query of its rows in parentheses
 * @param rest SQL: conditions on the rows `g`, and their order
 */
export async function namedGrants(tx: Tx, source: string, rest: string, binds: Bind[]): Promise<GrantReply[]> {
  return (await tx.rows<NamedRow>(`${select(source)} ${rest}`, binds)).map(grantRecord);
}

export async function findGrant(tx: Tx, integrationIds: string[], id: string): Promise<GrantReply | undefined> {
  return (
    await namedGrants(tx, 'access_flow.grants', 'WHERE g.integration_id = ANY ($1::uuid[]) AND g.id = $2', [
      integrationIds,
      id,
    ])
  )[0];
}
