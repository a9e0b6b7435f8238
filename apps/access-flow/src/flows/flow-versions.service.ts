import {
  type Command,
  type FlowRules,
  type FlowVersionRecord,
  type FlowVersionSettings,
  type Page,
  pageOf,
  Refusal,
} from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { personOf } from '../common/acting-person.rule.js';
import { requireFound } from '../common/require-found.js';
import { type DirectoryNames, namesById, readNames } from '../directory/names.queries.js';
import { groupRefs, namedActor, userRefs } from '../directory/names.rule.js';
import { flowDifference } from '../policy/flow-difference.rule.js';
import { flowReferences } from '../policy/flow-settings.rule.js';
import { type FlowVersionEntity } from '../policy/flow-version.entity.js';
import { listVersions } from '../policy/flow-versions.queries.js';

/** The versions of flows, also of deleted ones. Every query is bound by the integrations of the command. */
@Injectable()
export class FlowVersionsService {
  constructor(private readonly database: Database) {}

  /** @returns newest first. @throws Refusal `missing`; `invalid` for an invalid cursor */
  list(command: Command<'flows.versions'>): Promise<Page<FlowVersionRecord>> {
    const { id, cursor, limit } = command.data;
    return this.database.transaction(command, async (tx) => {
      // One more than `pageOf` needs, which the last version of the page is compared with.
      const query = { upTo: positionOf(cursor), limit: limit + 2 };
      const rows = await listVersions(tx, command.integrationIds, id, query);
      if (rows.length === 0 && cursor === undefined) throw new Refusal('missing', 'No such access flow.');
      const names = await namesOf(tx, rows);
      const records = rows.map((row, index) => versionRecord(row, rows[index + 1], names));
      return pageOf(
        records.slice(0, limit + 1),
        limit,
        ({ version }) => String(version),
        (record) => record,
      );
    });
  }

  /** @throws Refusal `missing` for an unknown flow or version */
  get(command: Command<'flows.version'>): Promise<FlowVersionSettings> {
    const { id, version } = command.data;
    return this.database.transaction(command, async (tx) => {
      const [found, before] = await listVersions(tx, command.integrationIds, id, { upTo: version, limit: 2 });
      const row = requireFound(found?.version === version ? found : undefined, 'version of this access flow');
      const names = await namesOf(tx, before ? [row, before] : [row]);
      const { userIds, groupIds } = referencesOf(row.settings);
      return {
        ...versionRecord(row, before, names),
        flowId: row.flowId,
        integrationId: row.integrationId,
        settings: row.settings,
        users: userRefs(names.users, userIds),
        groups: groupRefs(names.groups, groupIds),
      };
    });
  }
}

/** @returns the highest version after the cursor, the version of an item. @throws Refusal `invalid` for another cursor */
function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor) - 1;
  throw new Refusal('invalid', 'The cursor is invalid: use the nextCursor of the previous page.');
}

function versionRecord(
  { version, savedAt, savedBy, settings }: FlowVersionEntity,
  before: FlowVersionEntity | undefined,
  names: DirectoryNames,
): FlowVersionRecord {
  return {
    version,
    savedAt: savedAt.toISOString(),
    savedBy: namedActor(savedBy, names.users),
    changes: before ? flowDifference(before.settings, settings, namesById(names)) : [],
  };
}

function referencesOf(settings: FlowRules): { userIds: string[]; groupIds: string[] } {
  const { userIds, otherGroupIds } = flowReferences(settings);
  return { userIds, groupIds: [...new Set([...settings.groupIds, ...otherGroupIds])] };
}

async function namesOf(tx: Tx, rows: readonly FlowVersionEntity[]): Promise<DirectoryNames> {
  const [first] = rows;
  if (!first) return { users: {}, groups: {} };
  const references = rows.map(({ settings }) => referencesOf(settings));
  const actors = rows.map(({ savedBy }) => personOf(savedBy)?.userId);
  return readNames(
    tx,
    first.integrationId,
    [...references.flatMap(({ userIds }) => userIds), ...actors],
    references.flatMap(({ groupIds }) => groupIds),
  );
}
