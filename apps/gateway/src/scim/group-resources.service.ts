import { Inject, Injectable } from '@nestjs/common';
import { type GroupRecord, type IfMatch } from '@tidegate/contracts';
import { type Logger } from '@tidegate/observability';
import { entityTag, tolerates } from '@tidegate/scim';
import { searchableName } from '../activity/target.rule.js';
import { LOGGER } from '../config/config.js';
import { type ScimResponse, type ScimPage } from './response.js';
import { Creates } from './creates.service.js';
import { condition } from './etag.rule.js';
import { groupOf, groupPatchOf } from './group-request.js';
import { groupBody, type NextMembers, wantsMembers } from './group-text.js';
import { requireId } from './known-id.js';
import { indexOf } from './list-query.rule.js';
import { groupLocation } from './resources.js';
import { type ScimCall } from './scim-call.js';
import { ScimCommands } from './scim-commands.service.js';
import { type Search } from './search.rule.js';

/** Members per page of a streamed response. */
const MEMBER_PAGE = 1000;
/** A PATCH of a larger group gets 204: Okta and Entra ID patch often and ignore the body. */
const SHOWN_AFTER_PATCH = 500;

/** Operations on groups, as `UserResources`. Large groups are streamed page by page. */
@Injectable()
export class GroupResources {
  constructor(
    private readonly commands: ScimCommands,
    private readonly creates: Creates,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async list({ call, query }: Search): Promise<ScimPage> {
    const data = { ...query, withMembers: wantsMembers(call) };
    const { items, ...position } = await this.commands.read('groups.list', call, data);
    const next = this.nextMembers(call);
    return { ...position, ...indexOf(query), items: items.map((group) => groupBody(group, call, next)) };
  }

  async get(call: ScimCall, id: string): Promise<ScimResponse> {
    const data = { id: requireId('group', id), withMembers: wantsMembers(call) };
    return this.response(200, await this.commands.read('groups.get', call, data), call);
  }

  async create(call: ScimCall, body: unknown): Promise<ScimResponse> {
    return this.response(201, await this.creates.createGroup(call, await groupOf(call, body)), call);
  }

  async replace(call: ScimCall, id: string, body: unknown, ifMatch?: IfMatch): Promise<ScimResponse> {
    const attributes = await groupOf(call, body);
    const data = { id: requireId('group', id), attributes, ...condition(ifMatch) };
    return this.response(200, await this.commands.write('groups.replace', call, data), call);
  }

  async patch(call: ScimCall, id: string, body: unknown, ifMatch?: IfMatch): Promise<ScimResponse> {
    const data = { id: requireId('group', id), ...(await groupPatchOf(call, body)), ...condition(ifMatch) };
    const group = await this.commands.write('groups.patch', call, data);
    const response = this.response(200, group, call);
    return isShownAfterPatch(group, call) ? response : { ...response, status: 204, body: undefined };
  }

  async remove(call: ScimCall, id: string, ifMatch?: IfMatch): Promise<ScimResponse> {
    const data = { id: requireId('group', id), ...condition(ifMatch) };
    await this.commands.write('groups.delete', call, data, { urgent: true });
    return { status: 204 };
  }

  private response(status: number, group: GroupRecord, call: ScimCall): ScimResponse {
    const location = groupLocation(group.id, call);
    return {
      status,
      location,
      target: { id: group.id, name: searchableName(group.attributes.displayName) },
      version: entityTag(group.version),
      body: groupBody(group, call, this.nextMembers(call)),
    };
  }

  /** Logs errors here, because the response has already started. */
  private nextMembers(call: ScimCall): NextMembers {
    return async (id, after) => {
      try {
        return await this.commands.readMore('groups.members', call, { id, after, limit: MEMBER_PAGE });
      } catch (error) {
        this.logger.warn({ err: error, requestId: call.requestId }, 'Streaming a response failed');
        throw error;
      }
    };
  }
}

function isShownAfterPatch({ members, nextMember }: GroupRecord, { projection, profile }: ScimCall): boolean {
  if (projection.attributes !== undefined) return true;
  return (
    !tolerates(profile.dialect, 'groupPatchWithoutBody') && nextMember === null && members.length <= SHOWN_AFTER_PATCH
  );
}
