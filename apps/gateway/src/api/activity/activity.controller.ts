import { Delete, Get, Query } from '@nestjs/common';
import { isId, type Page } from '@tidegate/contracts';
import { Activity } from '../../activity/activity.service.js';
import { adviceFor } from '../../activity/advice.rule.js';
import { isReady } from '../../activity/connection.rule.js';
import { Connection } from '../../activity/connection.service.js';
import { type Entry } from '../../activity/entry.js';
import { firstIdAt, timeOf } from '../../activity/id-time.rule.js';
import { type EntryFilter } from '../../activity/provisioning-log.queries.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { Needs } from '../../callers/access.decorator.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { MissedCalls } from '../../activity/missed-calls.service.js';
import { nameHash } from '../../activity/provisioning-log.hook.js';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../../config/secrets.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { Audit } from '../common/audit.service.js';
import { causeOfCall } from '../common/known-caller.js';
import { ActivityParams, ConnectionView, EntryView } from './activity.dto.js';
import { withoutAbsent } from '../common/without-absent.js';
import { pageQuery } from '../common/page.dto.js';

/** The provisioning log and the connection check of an integration. */
@Api('integrations/:integrationId', 'activity')
export class ActivityController {
  constructor(
    private readonly activity: Activity,
    private readonly connection: Connection,
    private readonly missedCalls: MissedCalls,
    private readonly secrets: Secrets<Purpose>,
    private readonly audit: Audit,
  ) {}

  @Get('activity')
  @Needs('audit:read')
  @Operation('listActivity', 'List the provisioning log', {
    description:
      'The calls of the identity provider and their results, newest first: all writes, all refusals and failures, and the ' +
      'reads of the connection test.',
    page: EntryView,
  })
  async list(@Id('integrationId') integrationId: string, @Query() params: ActivityParams): Promise<Page<EntryView>> {
    const { cursor: before, limit } = pageQuery(params);
    if (before !== undefined && !isId(before))
      throw new InvalidFields({ cursor: 'must be a nextCursor from a previous page' });
    const { items, nextCursor } = await this.activity.list(integrationId, this.filter(params), { before, limit });
    return { items: items.map(view), nextCursor };
  }

  @Get('activity/:entryId')
  @Needs('audit:read')
  @Operation('getActivityEntry', 'Get an entry of the provisioning log', {
    description: 'An entry is kept for PROVISIONING_LOG_DAYS.',
    returns: EntryView,
  })
  async get(@Id('integrationId') integrationId: string, @Id('entryId') entryId: string): Promise<EntryView> {
    return view(await this.activity.get(integrationId, entryId));
  }

  @Get('connection')
  @Needs('integrations:read')
  @Operation('checkConnection', 'Check the connection', {
    description: 'The state of each check, in the order of the setup, and the last refused calls with advice.',
    returns: ConnectionView,
  })
  async check(@Id('integrationId') integrationId: string): Promise<ConnectionView> {
    const { checkedAt, checks, refusals, client } = await this.connection.check(integrationId);
    return {
      ready: isReady(checks),
      checkedAt: checkedAt.toISOString(),
      checks: checks.map(({ name, state, since, message }) => ({
        name,
        state,
        since: since?.toISOString() ?? null,
        message,
      })),
      refusals: refusals.map((entry) => ({ ...view(entry), advice: adviceFor(entry.status, client) })),
    };
  }

  @Delete('missed-calls')
  @Needs('integrations:write')
  @Operation('dismissMissedCalls', 'Dismiss missed calls', {
    description:
      'Ends the status `warning` for calls that were refused while the integration was disabled. Use it when what they ' +
      'would have changed is done in another way. The entries of the log stay.',
  })
  async dismiss(@Id('integrationId') integrationId: string, @Call() call: HttpCall): Promise<void> {
    await this.missedCalls.dismiss(integrationId, causeOfCall(call, integrationId));
    this.audit.note(call, 'Missed calls dismissed', { integrationId });
  }

  /** @throws InvalidFields when `to` is before `from` */
  private filter({ from, to, targetName, ...filters }: ActivityParams): EntryFilter {
    const [fromId, toId] = [from, to].map((time) => time && firstIdAt(new Date(time)));
    if (fromId && toId && fromId > toId) throw new InvalidFields({ to: 'must not be before from' });
    const { result, operation, resourceType, targetId, requestId } = filters;
    const hash = targetName === undefined ? undefined : nameHash(this.secrets, targetName);
    return withoutAbsent({ result, operation, resourceType, targetId, requestId, nameHash: hash, fromId, toId });
  }
}

const view = (entry: Entry): EntryView => ({
  id: entry.id,
  answeredAt: timeOf(entry.id).toISOString(),
  operation: entry.operation,
  resourceType: entry.resourceType,
  targetId: entry.targetId,
  result: entry.result,
  status: entry.status,
  scimType: entry.scimType,
  detail: entry.detail,
  durationMs: entry.durationMs,
  requestId: entry.requestId,
  credential: entry.credential,
  clientNetwork: entry.clientNetwork,
});
